package lock

import (
	"fmt"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep508"
)

func noProject(name string) error {
	return &failure.Error{
		What:  name + " has neither a project in the app dir nor a workspace member",
		Where: name,
		Fix:   "give pyproject.toml a [project] table, and run 'uv lock'",
	}
}

func stale(name string, drift []string) error {
	return &failure.Error{
		What:  name + " does not match pyproject.toml:\n  - " + strings.Join(drift, "\n  - "),
		Where: name,
		Fix:   "run 'uv lock' and commit the new " + name,
	}
}

// notBuilt is a package without a wheel for this Python that must not be built from source.
func notBuilt(name pep508.Name, where, setting string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s would have to be built from source, which %s forbids", name, setting),
		Where: where + setting,
		Fix:   fmt.Sprintf("lock a version of %s that has a wheel for this Python, ask for a Python that it has one for, or let it be built", name),
	}
}

// notIsolated is a package that is built with the app's other packages at hand, which an image whose packages are layers of
// their own does not have at hand when only one of them changed.
func notIsolated(name pep508.Name, where, setting string, needs []string) error {
	if len(needs) == 0 {
		needs = []string{`"setuptools"`}
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s would be built from source against the packages that the app has (%s); here every package is built on its own", name, setting),
		Where: where + setting,
		Fix: fmt.Sprintf("write instead what its build needs besides its build-system.requires, in the locked version, and run 'uv lock':\n"+
			"[tool.uv.extra-build-dependencies]\n%s = [%s]", name, strings.Join(needs, ", ")),
	}
}
