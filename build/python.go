package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/python"
)

const cpythonLayer = "cpython"

// cpython is the chosen release and where it can be run.
type cpython struct {
	release    python.Release
	dependency dependency.Dependency
	ready      *install.Interpreter // nil until something has to be run
	inLayer    bool                 // ready stands in the layer, which is being made
}

// choosePython settles which CPython the app gets.
func (b *builder) choosePython() error {
	if b.packit.TargetDistro.Name == "alpine" {
		return &failure.Error{
			What:  "the builder is based on Alpine Linux, and this buildpack installs CPython for glibc",
			Where: "the build image",
			Fix:   "use a builder based on Debian, Ubuntu or Red Hat UBI",
		}
	}
	requests, err := b.requests()
	if err != nil {
		return err
	}
	found := b.pins.Select("cpython", "linux", b.arch())
	releases, err := b.releases(found)
	if err != nil {
		return err
	}
	previous, err := b.previousMinor()
	if err != nil {
		return err
	}
	choice, err := python.Resolve(requests, previous, releases, b.pins.EndOfLife)
	if err != nil {
		return err
	}
	b.cpython.release, b.cpython.dependency = choice.Release, found[choice.Release.Index]
	b.log.fact("Using Python %s (%s)", choice.Release.Version, choice.Reason)
	b.warnEndOfLife(b.log.now())
	return nil
}

// releases are the CPythons that buildpack.toml pins for this target.
func (b *builder) releases(found []dependency.Dependency) ([]python.Release, error) {
	var list []python.Release
	for i, d := range found {
		version, err := pep440.Parse(d.Version)
		if err != nil {
			return nil, fmt.Errorf("reading the CPython releases of buildpack.toml: %w", err)
		}
		minor := fmt.Sprintf("%d.%d", version.Major(), version.Minor())
		list = append(list, python.Release{Version: version, Build: d.Build, EndOfLife: b.pins.EndOfLife[minor], Index: i})
	}
	return list, nil
}

func (b *builder) warnEndOfLife(now time.Time) {
	day, err := time.Parse(time.DateOnly, b.cpython.release.EndOfLife)
	if err == nil && now.After(day) {
		b.log.warn("Python 3.%d reached its end of life on %s and gets no security fixes any more. Move to 3.%d or newer.",
			b.minor(), b.cpython.release.EndOfLife, b.minor()+1)
	}
}

func (b *builder) minor() int { return b.cpython.release.Version.Minor() }

// pythonMinor is the chosen release as far as bytecode and wheels depend on it: 3.14.
func (b *builder) pythonMinor() string { return fmt.Sprintf("3.%d", b.minor()) }

// requests collects the wishes for a Python, in the order of precedence.
func (b *builder) requests() ([]python.Request, error) {
	var list []python.Request
	add := func(text, source string) {
		if text != "" {
			list = append(list, python.Request{Text: text, Source: source})
		}
	}
	add(b.config.PythonVersion, "BP_CPYTHON_VERSION")
	for _, name := range []string{".python-version", "runtime.txt"} {
		version, err := b.readVersion(name)
		if err != nil {
			return nil, err
		}
		add(version, name)
	}
	manifest, err := b.manifest()
	if err != nil {
		return nil, err
	}
	add(manifest.Project.RequiresPython, "pyproject.toml, project.requires-python")
	return append(list, b.source.python...), nil
}

// readVersion reads a file that holds nothing but a version, if it is there.
func (b *builder) readVersion(name string) (string, error) {
	data, err := fs.ReadFile(b.app, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case errors.Is(err, syscall.EISDIR):
		return "", notAVersion(name, "is a directory")
	case err != nil:
		return "", b.unreadable(name, err)
	}
	text, ok := lock.DecodeText(data)
	if !ok {
		return "", notAVersion(name, "is not a text in UTF-8 or UTF-16")
	}
	versions := python.ReadVersionFile(text)
	if len(versions) == 0 {
		b.log.warn("%s names no version", name)
		return "", nil
	}
	if len(versions) > 1 {
		b.log.fact("%s lists %d versions, of which the first counts", name, len(versions))
	}
	return versions[0], nil
}

// previousMinor is the minor of the Python in the previous image, or nothing.
func (b *builder) previousMinor() (string, error) {
	_, was, err := b.layers.restored(cpythonLayer)
	release, errParse := pep440.Parse(was["release"])
	if err != nil || errParse != nil {
		return "", err
	}
	return fmt.Sprintf("%d.%d", release.Major(), release.Minor()), nil
}

// manifest reads pyproject.toml; without one it is empty.
func (b *builder) manifest() (lock.Manifest, error) {
	data, err := fs.ReadFile(b.app, "pyproject.toml")
	if errors.Is(err, fs.ErrNotExist) {
		return lock.Manifest{}, nil
	}
	if err != nil {
		return lock.Manifest{}, b.unreadable("pyproject.toml", err)
	}
	return lock.ReadManifest(data)
}

// pythonFacts is what the layer is made from, but for libpython, which is known last.
func (b *builder) pythonFacts() facts {
	d := b.cpython.dependency
	return facts{"release": d.Version + "+" + d.Build, "archive": d.SHA256(), "target": "linux/" + b.arch(), "rules": install.Rules}
}

// interpreter gives a CPython that runs now: the layer's if it has to be made anyway, else one outside of the layers, so
// that the layer stays a reference to the previous image.
func (b *builder) interpreter() (install.Interpreter, error) {
	if b.cpython.ready != nil {
		return *b.cpython.ready, nil
	}
	_, was, err := b.layers.restored(cpythonLayer)
	if err != nil {
		return install.Interpreter{}, err
	}
	want := b.pythonFacts()
	want["libpython"] = was["libpython"]
	why, err := b.layers.stale(cpythonLayer, want)
	if err != nil {
		return install.Interpreter{}, err
	}
	if why == "" {
		return b.unpackPython(filepath.Join(b.scratch, "cpython"))
	}
	return b.makePython()
}

// compile compiles groups of sources with the chosen CPython.
func (b *builder) compile(groups [][]install.Source) ([]install.Failed, error) {
	interpreter, err := b.interpreter()
	if err != nil {
		return nil, err
	}
	return install.Compile(b.ctx, b.run, interpreter, groups)
}

// makePython fills the layer: files and bytecode.
func (b *builder) makePython() (install.Interpreter, error) {
	start := b.log.now()
	path, err := b.layers.empty(cpythonLayer)
	if err != nil {
		return install.Interpreter{}, err
	}
	interpreter, err := b.unpackPython(path)
	if err != nil {
		return interpreter, err
	}
	b.cpython.inLayer = true
	sources, err := install.Sources(path, path, b.minor(), func(rel string) bool { return false })
	if err == nil {
		_, err = install.Compile(b.ctx, b.run, interpreter, [][]install.Source{sources})
	}
	if err == nil {
		b.log.fact("Unpacked and compiled CPython %s, %s in %s", b.cpython.release.Version, count(len(sources), "module"), b.log.since(start))
	}
	return interpreter, err
}

func (b *builder) unpackPython(path string) (install.Interpreter, error) {
	archive, err := b.archive(b.cpython.dependency)
	if err != nil {
		return install.Interpreter{}, err
	}
	interpreter, err := install.InstallCPython(archive, path, path, b.minor())
	if err != nil {
		return interpreter, err
	}
	b.cpython.ready = &interpreter
	return interpreter, b.retire(b.cpython.dependency, archive)
}

// finishPython keeps the cpython layer: the previous image's, or the one made, slimmed now that all packages are built.
func (b *builder) finishPython(libpython bool) error {
	want := b.pythonFacts()
	want["libpython"] = fmt.Sprint(libpython)
	_, was, err := b.layers.restored(cpythonLayer)
	if err != nil {
		return err
	}
	if !b.cpython.inLayer {
		reused, why, err := b.layers.reuse(cpythonLayer, want)
		if err != nil {
			return err
		}
		if reused {
			b.log.fact("Reusing %s (%s)", cpythonLayer, why)
			return nil
		}
		if _, err := b.makePython(); err != nil {
			return err
		}
	}
	interpreter := install.Interpreter{Prefix: b.layers.path(cpythonLayer), Minor: b.minor()}
	if err := interpreter.Trim(libpython); err != nil {
		return err
	}
	bytes, err := b.layers.keep(b.layers.fresh(cpythonLayer), want, "")
	if err == nil {
		b.log.fact("Made %s: %s (%s)", cpythonLayer, b.pythonReason(was, want), size(bytes))
	}
	return err
}
