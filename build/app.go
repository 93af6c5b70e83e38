package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paketo-buildpacks/packit/v2"

	"github.com/lockstep/python/internal/install"
)

const (
	bytecodeLayer = "app-bytecode"
	// Not "launch": its metadata would be launch.toml, which is the list of processes.
	launchLayer   = "launch-env"
	gunicornLayer = "gunicorn-defaults"
	// buildEnvLayer is only there when a later buildpack needs the packages.
	buildEnvLayer = "build-env"
)

// appSources is the app's own Python code.
type appSources struct {
	files  []install.Source
	digest string
}

// readSources reads the app's code before anything is installed: a file that cannot be read stops the build here.
func (b *builder) readSources() (appSources, error) {
	app := b.packit.WorkingDir
	files, err := install.AppSources(app, b.layers.path(bytecodeLayer), b.minor())
	if err != nil {
		return appSources{}, err
	}
	sum, err := install.Digest(app, files)
	return appSources{files, sum}, err
}

// makeBytecode compiles the app's code into a layer that is reused as long as no source changes; links in the app dir lead
// Python to it. broken are files that are warned about elsewhere.
func (b *builder) makeBytecode(app appSources, broken []string) error {
	sources := app.files
	if len(sources) == 0 {
		b.log.fact("There are no Python files to compile")
		return nil
	}
	if b.config.LiveReload { // bytecode that is not checked against its source would hide the changes
		b.log.fact("Not compiling the app, whose sources may change in the container (BP_LIVE_RELOAD_ENABLED)")
		return nil
	}
	f := facts{"python": b.pythonMinor(), "sources": app.digest, "rules": install.Rules}
	reused, why, err := b.layers.reuse(bytecodeLayer, f)
	if err != nil {
		return err
	}
	if reused {
		b.log.fact("Reusing %s: no change in %s", bytecodeLayer, count(len(sources), "source file"))
	} else if err := b.compileApp(sources, f, why, broken); err != nil {
		return err
	}
	return install.LinkBytecode(sources, b.packit.WorkingDir, b.layers.path(bytecodeLayer))
}

func (b *builder) compileApp(sources []install.Source, f facts, why string, broken []string) error {
	if _, err := b.layers.empty(bytecodeLayer); err != nil {
		return err
	}
	failed, err := b.compile([][]install.Source{sources})
	if err != nil {
		return err
	}
	bytes, err := b.layers.keep(b.layers.fresh(bytecodeLayer), f, "")
	if err != nil {
		return err
	}
	b.log.fact("Made %s: %s compiled (%s)", bytecodeLayer, count(len(sources)-len(failed), "source file"), size(bytes))
	b.log.detail("%s: %s", bytecodeLayer, why)
	b.warnFailed(failed, broken)
	return nil
}

// warnFailed tells which files do not compile, a few of them in full.
func (b *builder) warnFailed(failed []install.Failed, told []string) {
	shown := 0
	for i, f := range failed {
		name := strings.TrimPrefix(f.Name, b.packit.WorkingDir+"/")
		if slices.Contains(told, name) {
			continue
		}
		if shown++; shown > 5 {
			b.log.warn("%s more do not compile", count(len(failed)-i, "file"))
			break
		}
		b.log.warn("Python %s cannot import %s, line %d: %s", b.cpython.release.Version, name, f.Line, f.Message)
	}
}

// keepBuildEnv lets later buildpacks that asked for it find Python and the packages. The variables stand in a layer of their own,
// so that the layers of the image are the same with and without such a buildpack.
func (b *builder) keepBuildEnv() {
	if !b.layers.content {
		return
	}
	layer := b.layers.fresh(buildEnvLayer)
	layer.Build = true
	layer.BuildEnv.Prepend("PATH", filepath.Join(b.layers.path(venvLayer), "bin"), ":")
	b.layers.done = append(b.layers.done, layer)
}

// makeLaunch makes the layer that every process starts with: the helper and the environment. single are the processes that may have
// only one worker.
func (b *builder) makeLaunch(single []string) error {
	helper := filepath.Join(b.packit.CNBPath, "bin", "launch")
	sum, err := install.Digest(b.packit.CNBPath, []install.Source{{Path: helper}})
	if err != nil {
		return err
	}
	path := filepath.Join(b.layers.path(venvLayer), "bin")
	f := facts{"helper": sum, "environment": "PATH+=" + path}
	if len(single) > 0 {
		f["one worker"] = strings.Join(single, " ")
	}
	reused, why, err := b.layers.reuse(launchLayer, f)
	if err != nil || reused {
		return err
	}
	if _, err := b.layers.empty(launchLayer); err != nil {
		return err
	}
	layer := b.layers.fresh(launchLayer)
	layer.LaunchEnv.Prepend("PATH", path, ":")
	layer.ProcessLaunchEnv = map[string]packit.Environment{}
	for _, kind := range single {
		layer.ProcessLaunchEnv[kind] = packit.Environment{}
		layer.ProcessLaunchEnv[kind].Default("WEB_CONCURRENCY", "1")
	}
	layer.ExecD = []string{helper}
	b.log.detail("Made %s: %s", launchLayer, why)
	_, err = b.layers.keep(layer, f, "")
	return err
}

// gunicornDefaults is the file with which gunicorn takes what the launch helper chooses; the helper knows where it stands.
//
//go:embed gunicorn.py
var gunicornDefaults []byte

// makeGunicorn makes the layer of that file, as bytecode: nothing is compiled at start. It is a layer of its own since another
// helper does not change it, and an interpreter to compile it is dear.
func (b *builder) makeGunicorn(records []record) error {
	if !slices.ContainsFunc(records, func(r record) bool { return r.Name == "gunicorn" }) {
		return nil
	}
	f := facts{"defaults": digest(string(gunicornDefaults)), "python": b.pythonMinor(), "rules": install.Rules}
	return b.layers.provide(gunicornLayer, f, "", func(dir string) error {
		source := install.Source{Path: filepath.Join(dir, "gunicorn.py"), Name: filepath.Join(dir, "gunicorn.py"), Output: filepath.Join(dir, "gunicorn.pyc")}
		if err := os.WriteFile(source.Path, gunicornDefaults, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", source.Path, err)
		}
		_, err := b.compile([][]install.Source{{source}})
		return err
	})
}
