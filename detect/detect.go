package main

import (
	"fmt"
	"os"

	"github.com/paketo-buildpacks/packit/v2"

	"github.com/lockstep/python/internal/project"
)

// Detect judges presence only; what is in the files is Build's to complain about, where it is seen. It provides and requires
// cpython and site-packages, Paketo's names, so that later buildpacks can require them for the build.
func Detect(ctx packit.DetectContext) (packit.DetectResult, error) {
	found, err := project.Scan(os.DirFS(ctx.WorkingDir))
	if err != nil {
		return packit.DetectResult{}, fmt.Errorf("looking at the app dir: %w", err)
	}
	if !found.IsPython() {
		return packit.DetectResult{}, packit.Fail.WithMessage("this is not a Python app: looked for %s", project.LookedFor())
	}
	var plan packit.BuildPlan
	for _, name := range []string{"cpython", "site-packages"} {
		plan.Provides = append(plan.Provides, packit.BuildPlanProvision{Name: name})
		plan.Requires = append(plan.Requires, packit.BuildPlanRequirement{Name: name, Metadata: map[string]any{"launch": true}})
	}
	return packit.DetectResult{Plan: plan}, nil
}
