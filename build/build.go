package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/paketo-buildpacks/packit/v2"

	"github.com/lockstep/python/internal/command"
	"github.com/lockstep/python/internal/config"
	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/project"
)

// builder is one run of the build phase.
type builder struct {
	ctx      context.Context
	packit   packit.BuildContext
	env      []string
	run      command.Runner
	log      logger
	config   config.Config
	app      fs.FS
	project  project.Project
	pins     dependency.Pins
	fetcher  dependency.Fetcher
	layers   *layers
	scratch  string // a directory on the file system of the layers, gone at the end
	cpython  cpython
	packages *stage // of this build, once they are in their layers
	source   source
	saidPip  bool // the log has said which variables of pip were taken
}

// Build gives the build phase: settings, then everything that can be known before a download, then the layers.
func Build(env []string, out io.Writer, now func() time.Time, run command.Runner, bindings func(platform string) (dependency.Sources, error)) packit.BuildFunc {
	return func(ctx packit.BuildContext) (packit.BuildResult, error) {
		b := &builder{ctx: context.Background(), packit: ctx, env: env, run: run, log: logger{out: out, now: now}, app: os.DirFS(ctx.WorkingDir)}
		result, err := b.build(bindings)
		return result, closing(err)
	}
}

func (b *builder) build(bindings func(string) (dependency.Sources, error)) (packit.BuildResult, error) {
	start := b.log.now()
	b.log.title("%s %s", b.packit.BuildpackInfo.Name, b.packit.BuildpackInfo.Version)
	if err := b.prepare(bindings); err != nil {
		return packit.BuildResult{}, err
	}
	defer os.RemoveAll(b.scratch)

	processes, err := b.readProcfile()
	if err != nil {
		return packit.BuildResult{}, err
	}

	if err := b.chooseSource(); err != nil {
		return packit.BuildResult{}, err
	}
	b.takeFormats()

	b.log.section("Python")
	if err := b.choosePython(); err != nil {
		return packit.BuildResult{}, err
	}

	sources, err := b.readSources()
	if err != nil {
		return packit.BuildResult{}, err
	}

	b.log.section("Packages")
	packages, err := b.readPackages()
	if err != nil {
		return packit.BuildResult{}, err
	}

	if packages, err = processes.complete(packages); err != nil {
		return packit.BuildResult{}, err
	}

	b.log.section("Layers")
	records, err := b.makePackages(packages)
	if err != nil {
		return packit.BuildResult{}, err
	}
	if err := b.collectStatic(packages.packages); err != nil {
		return packit.BuildResult{}, err
	}
	if err := errors.Join(b.makeBytecode(sources, processes.broken), b.makeGunicorn(records)); err != nil {
		return packit.BuildResult{}, err
	}
	if err := b.finishPython(embedding(records)); err != nil {
		return packit.BuildResult{}, err
	}
	if err := errors.Join(b.makeLaunch(processes.single), b.keepDownloads()); err != nil {
		return packit.BuildResult{}, err
	}
	b.keepBuildEnv()

	b.log.section("Processes")
	processes.log()
	b.log.section("Done in %s: %s", b.log.since(start), b.layers.summary())
	return packit.BuildResult{Layers: b.layers.done, Launch: packit.LaunchMetadata{DirectProcesses: processes.direct()}}, nil
}

// prepare reads the settings and looks at the app dir.
func (b *builder) prepare(bindings func(string) (dependency.Sources, error)) error {
	var warnings []string
	var err error
	if b.config, warnings, err = config.Parse(b.env); err != nil {
		return err
	}
	b.log.debug = b.config.Debug
	for _, warning := range warnings {
		b.log.warn("%s", warning)
	}
	if b.project, err = project.Scan(b.app); err != nil {
		return fmt.Errorf("looking at the app dir: %w", err)
	}
	for _, venv := range b.project.Venvs {
		b.log.warn("%s is a virtual environment and was not made for this image: it is not used.\n"+
			"Keep it out of the build: add %s/ to .gitignore, or exclude it in project.toml.", venv, venv)
	}
	if b.pins, err = dependency.ReadPins(b.packit.CNBPath); err != nil {
		return err
	}
	sources, err := bindings(b.packit.Platform.Path)
	if err != nil {
		return fmt.Errorf("reading the bindings: %w", err)
	}
	for host, mirror := range b.config.Mirrors {
		sources.Mirrors[host] = mirror
	}
	b.fetcher = dependency.Fetcher{Root: b.packit.CNBPath, Sources: sources, Limits: dependency.DefaultLimits(), Log: b.log.fact}
	b.layers = &layers{packit: b.packit.Layers, content: neededAtBuild(b.packit.Plan), log: b.log}
	b.scratch, err = os.MkdirTemp(b.packit.Layers.Path, ".scratch-")
	return err
}

// neededAtBuild tells whether a later buildpack asked for Python or the packages during the build.
func neededAtBuild(plan packit.BuildpackPlan) bool {
	for _, entry := range plan.Entries {
		if build, _ := entry.Metadata["build"].(bool); build {
			return true
		}
	}
	return false
}

// arch is the architecture of the image, in Go's names; a platform that does not say builds for its own.
func (b *builder) arch() string { return cmp.Or(b.packit.TargetInfo.Arch, runtime.GOARCH) }

// target names what the layers are made for.
func (b *builder) target() string {
	distro := b.packit.TargetDistro
	return strings.TrimSpace(fmt.Sprintf("linux/%s %s %s", b.arch(), distro.Name, distro.Version))
}

func (b *builder) lookup(name string) string {
	for _, entry := range b.env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
