package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lockstep/python/internal/archive"
	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/wheel"
)

// packageSet is what the app's lock file comes to.
type packageSet struct {
	file        string // the file of the app
	packages    []lock.Package
	options     []string
	credentials lock.Credentials // that the file holds; never kept
	resolved    string           // digest of what a resolution was made from; empty for a lock
	frozen      string           // the resolution as a pylock, kept in the image for the next build
}

// reader is a file that packages are read from.
type reader struct {
	file string
	read func(name string) (packageSet, error)
}

// readers stand in the order of precedence.
func (b *builder) readers() []reader {
	return []reader{
		{"uv.lock", b.readUV},
		{"requirements.txt", b.readRequirements},
		{"pyproject.toml", b.readPyproject},
	}
}

// readPackages reads the one file that says which packages the app gets. Others that could are named as ignored.
func (b *builder) readPackages() (packageSet, error) {
	for _, r := range b.readers() {
		if !b.project.Has(r.file) {
			continue
		}
		b.logIgnored(r.file)
		set, err := r.read(r.file)
		set.file = r.file
		return set, err
	}
	for _, name := range append(b.project.Locks(), "Pipfile", "setup.py", "setup.cfg", "requirements.in", "environment.yml", "environment.yaml") {
		// A setup.cfg is often there for linters alone.
		if b.project.Has(name) && (name != "setup.cfg" || strings.Contains(b.text(name), "install_requires")) {
			return packageSet{}, unsupported(name)
		}
	}
	b.log.fact("There is no lock file, requirements.txt or pyproject.toml: the app gets no packages")
	return packageSet{}, nil
}

func (b *builder) logIgnored(winner string) {
	for _, name := range append(b.project.Locks(), "requirements.txt") {
		if name != winner && b.project.Has(name) {
			b.log.fact("Ignoring %s: %s decides", name, winner)
		}
	}
}

func (b *builder) readUV(string) (packageSet, error) {
	data, err := fs.ReadFile(b.app, "uv.lock")
	if err != nil {
		return packageSet{}, b.unreadable("uv.lock", err)
	}
	manifest, err := b.manifest()
	if err != nil {
		return packageSet{}, err
	}
	l, err := lock.ReadUV(data)
	if err != nil {
		return packageSet{}, err
	}
	if b.project.Has("pyproject.toml") {
		if err := lock.CheckUV(data, manifest); err != nil {
			return packageSet{}, err
		}
	}
	packages, err := b.evaluate(l)
	if err != nil {
		return packageSet{}, err
	}
	matches := ""
	if b.project.Has("pyproject.toml") {
		matches = ", which matches pyproject.toml"
	}
	b.log.fact("Using uv.lock%s: %s for production (no groups, no extras)", matches, count(len(packages), "package"))
	return packageSet{packages: packages}, nil
}

func (b *builder) readRequirements(name string) (packageSet, error) {
	requirements, err := lock.ReadRequirements(b.app, name, b.lookup)
	if err != nil {
		return packageSet{}, err
	}
	if len(requirements.Lines) == 0 {
		b.log.fact("%s lists no packages", name)
		return packageSet{}, nil
	}
	if bare := requirements.Bare(); bare != nil {
		return packageSet{}, bare
	}
	if !requirements.Locked() {
		set, err := b.resolve(name, requirements.Digest)
		set.options, set.credentials = requirements.Options, requirements.Credentials(b.lookup)
		return set, err
	}
	l, err := requirements.Lock()
	if err != nil {
		return packageSet{}, err
	}
	packages, err := b.evaluate(l)
	if err != nil {
		return packageSet{}, err
	}
	b.log.fact("Using %s: %s, all pinned and hashed", name, count(len(packages), "package"))
	return packageSet{packages: packages, options: requirements.Options}, nil
}

func (b *builder) readPyproject(name string) (packageSet, error) {
	manifest, err := b.manifest()
	if err != nil {
		return packageSet{}, err
	}
	if others := b.project.Locks(); len(others) > 0 {
		return packageSet{}, unsupported(others[0])
	}
	if manifest.Project.Name == "" && manifest.Tool.Poetry != nil {
		return packageSet{}, unsupported("pyproject.toml of Poetry")
	}
	if len(manifest.Project.Dependencies) == 0 && len(manifest.Project.Dynamic) == 0 {
		b.log.fact("%s lists no dependencies", name)
		return packageSet{}, nil
	}
	content := ""
	if len(manifest.Project.Dynamic) > 0 || len(manifest.Tool.UV.Sources) > 0 {
		// What is dynamic or comes from a path depends on files that only the build backend knows.
		if content, err = digestTree(b.packit.WorkingDir); err != nil {
			return packageSet{}, fmt.Errorf("reading the app dir: %w", err)
		}
	}
	return b.resolve(name, content)
}

// resolve resolves once what is not locked, and keeps the result in the image until the file changes.
func (b *builder) resolve(name, content string) (packageSet, error) {
	from := digest(strings.Join([]string{name, content, fmt.Sprintf("3.%d", b.minor()), b.target(),
		b.text("pyproject.toml"), b.text("uv.toml"), strings.Join(install.Choosing(b.env), "\n")}, "\x00"))
	venv, was, err := b.layers.restored(venvLayer)
	if err != nil {
		return packageSet{}, err
	}
	frozen := notes(venv)
	if was["resolution"] == from && frozen != "" {
		b.log.fact("Using the versions that an earlier build resolved: %s has not changed since", name)
	} else if frozen, err = b.resolveNow(name); err != nil {
		return packageSet{}, err
	}
	l, err := lock.ReadPylock(name, []byte(frozen))
	if err != nil {
		return packageSet{}, err
	}
	packages, err := b.evaluate(l)
	if err != nil {
		return packageSet{}, err
	}
	// The first text is uv's, with source distributions beside wheels; the canonical one is what is kept.
	if canonical, ok := lock.WritePylock(packages); ok {
		frozen = canonical
	}
	return packageSet{packages: packages, resolved: from, frozen: frozen}, nil
}

func (b *builder) resolveNow(name string) (string, error) {
	b.log.fact("%s is not a lock: it leaves versions or hashes open, so they are resolved now and kept until it changes.\n"+
		"%s", name, lockAdvice(name))
	interpreter, err := b.interpreter()
	if err != nil {
		return "", err
	}
	uv, err := b.installer(name)
	if err != nil {
		return "", err
	}
	out, err := uv.Resolve(b.ctx, interpreter)
	return string(out), err
}

// text is the content of a file of the app, or nothing.
func (b *builder) text(name string) string {
	data, _ := fs.ReadFile(b.app, name)
	return string(data)
}

// evaluate selects the packages for the chosen Python and this image.
func (b *builder) evaluate(l lock.Lock) ([]lock.Package, error) {
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[b.arch()]
	glibc, err := wheel.Glibc("/")
	if err != nil {
		return nil, err
	}
	version := b.cpython.release.Version
	return lock.Select(l, lock.Environment{
		Markers: pep508.Linux(version, machine),
		Tags:    wheel.Interpreter{Minor: version.Minor(), Machine: machine, Glibc: glibc}.Tags(),
		Python:  version,
	})
}

func (b *builder) unpackUV(d dependency.Dependency) (string, error) {
	dir := filepath.Join(b.scratch, "uv")
	path := filepath.Join(dir, "uv")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	file, err := b.archive(d)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("unpacking uv: %w", err)
	}
	if err := archive.Unpack(file, dir, func(name string) bool { return name == "uv" }); err != nil {
		return "", err
	}
	return path, b.retire(d, file)
}

func unsupported(name string) error {
	fix := map[string]string{
		"poetry.lock":              "export it and commit the result: poetry export --output requirements.txt",
		"pyproject.toml of Poetry": "lock it, export the lock and commit the result: poetry lock && poetry export --output requirements.txt",
		"pdm.lock":                 "export it and commit the result: pdm export --output requirements.txt",
		"Pipfile.lock":             "export it and commit the result: pipenv requirements --hash > requirements.txt",
		"setup.py":                 "write a pyproject.toml with a [project] table, or list what it needs in requirements.txt",
		"setup.cfg":                "write a pyproject.toml with a [project] table, or list what it needs in requirements.txt",
		"requirements.in":          "lock it and commit the result: uv pip compile --generate-hashes requirements.in --output-file requirements.txt",
		"environment.yml":          "list the packages of it that are on the package index in requirements.txt; conda packages cannot be installed",
		"environment.yaml":         "list the packages of it that are on the package index in requirements.txt; conda packages cannot be installed",
		"Pipfile":                  "lock and export it, and commit the result: pipenv lock && pipenv requirements --hash > requirements.txt",
	}[name]
	if fix == "" {
		fix = "commit a uv.lock or a hashed requirements.txt beside it"
	}
	return &failure.Error{What: fmt.Sprintf("this release of the buildpack does not read %s yet", name), Where: strings.Fields(name)[0], Fix: fix}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// digestTree hashes the names and contents of all files of a directory, hidden ones and bytecode aside.
func digestTree(dir string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := entry.Name(); entry.IsDir() && path != dir && (strings.HasPrefix(base, ".") || base == "__pycache__") {
			return filepath.SkipDir
		}
		rel, _ := filepath.Rel(dir, path)
		if entry.Type() == fs.ModeSymlink {
			target, err := os.Readlink(path)
			fmt.Fprintf(sum, "%s\x00→%s\n", rel, target)
			return err
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s\x00%x\n", rel, sha256.Sum256(data))
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

func sameVersion(a, b string) bool {
	x, errX := pep440.Parse(a)
	y, errY := pep440.Parse(b)
	return a == b || errX == nil && errY == nil && x.Compare(y) == 0
}

// lockAdvice is how an owner gets a lock out of a file that is none.
func lockAdvice(name string) string {
	if name == "pyproject.toml" {
		return "For builds that nothing outside the app can change, run 'uv lock' and commit uv.lock."
	}
	return "For builds that nothing outside the app can change, keep it as requirements.in and commit what this writes:\n" +
		"uv pip compile --generate-hashes requirements.in --output-file requirements.txt"
}
