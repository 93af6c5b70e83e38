package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/project"
	"github.com/lockstep/python/internal/python"
)

// source is the file that says which packages the app gets, as far as it is read before a Python is chosen. Of lock and open
// one is set, or neither when the file asks for no packages.
type source struct {
	file        string
	lock        *lock.Lock
	open        *unlocked
	hashed      bool // requirements: the lock is one of hashes, and lists what is to be installed
	python      []python.Request
	options     []string
	onlyBinary  []string // of the environment, where the lock has chosen the files
	notes       []string // for the log
	credentials lock.Credentials
}

// asks tells whether the file says anything about packages at all.
func (s source) asks() bool { return s.lock != nil || s.open != nil }

// format is a kind of file and how it is read.
type format struct {
	name string
	read func(b *builder, name string) (source, error)
}

// formats stand in the order of precedence. A pylock may have a name of its own, a requirements file any.
func formats() []format {
	return []format{
		{"pylock.toml", locked(lock.ReadPylockFile)},
		{"uv.lock", locked(lock.ReadUV)},
		{"poetry.lock", locked(lock.ReadPoetry)},
		{"pdm.lock", locked(lock.ReadPDM)},
		{"Pipfile.lock", locked(lock.ReadPipfile)},
		{"requirements.txt", (*builder).readRequirements},
		{"pyproject.toml", (*builder).readPyproject},
		{"setup.py", (*builder).readSetup},
		{"setup.cfg", (*builder).readSetup},
		{"Pipfile", (*builder).readPipfile},
	}
}

// isLock tells the files of a lock format; of requirements files some are locks.
func isLock(name string) bool {
	at := slices.IndexFunc(formats(), func(f format) bool { return f.name == name })
	requirements := slices.IndexFunc(formats(), func(f format) bool { return f.name == "requirements.txt" })
	return project.IsPylock(name) || at >= 0 && at < requirements
}

// read reads a file by the format that its name tells.
func (b *builder) read(name string) (source, error) {
	for _, f := range formats() {
		if f.name == name || f.name == "pylock.toml" && project.IsPylock(path.Base(name)) {
			return f.read(b, name)
		}
	}
	if project.IsRequirements(path.Base(name)) || strings.HasSuffix(name, ".txt") {
		return b.readRequirements(name)
	}
	return source{}, unknownFormat(name)
}

// locked makes a row of a reader.
func locked(read lock.Reader) func(*builder, string) (source, error) {
	return func(b *builder, name string) (source, error) {
		l, err := read(b.app, name, b.request())
		if errors.Is(err, fs.ErrPermission) && !errors.As(err, new(*failure.Error)) {
			return source{file: name}, b.unreadable(name, err)
		}
		if err != nil {
			return source{file: name}, err
		}
		s := source{file: name, lock: &l, options: l.Options, credentials: lock.IndexCredentials(b.app, b.lookup)}
		s.credentials.Find(b.lookup, b.text(name))
		s.python = wish(l.Python, l.PyWhere)
		return s, nil
	}
}

// readRequirements reads requirements files, separated by blanks.
func (b *builder) readRequirements(names string) (source, error) {
	s := source{file: names}
	if err := b.refuse(names, lock.Request{}, "a requirements file"); err != nil {
		return s, err
	}
	files := strings.Fields(names)
	all := lock.Requirements{File: names}
	for _, name := range files {
		r, err := lock.ReadRequirements(b.app, path.Clean(name), b.lookup)
		if err != nil {
			return s, err
		}
		all.Lines, all.Options = append(all.Lines, r.Lines...), append(all.Options, r.Options...)
		all.Constraints = append(all.Constraints, r.Constraints...)
		all.Ignored, all.Digest = append(all.Ignored, r.Ignored...), all.Digest+r.Digest
	}
	if len(all.Lines) == 0 {
		return s, nil
	}
	if install.RequireHashes(b.env) != "" {
		all.Options = append(all.Options, "--require-hashes")
	}
	if bare := all.Bare(); bare != nil {
		return s, bare
	}
	s.options, s.credentials = all.Options, all.Credentials(b.lookup)
	if len(all.Ignored) > 0 {
		s.notes = []string{"Ignoring what has no meaning here: " + strings.Join(all.Ignored, ", ")}
	}
	if all.Locked() {
		l, err := all.Lock()
		s.lock, s.hashed = &l, true
		return s, err
	}
	s.open = &unlocked{args: files, content: all.Digest, builds: slices.ContainsFunc(all.Lines, func(l lock.RequirementLine) bool { return l.Direct })}
	return s, nil
}

// readPyproject reads a pyproject.toml without a lock beside it.
func (b *builder) readPyproject(name string) (source, error) {
	s := source{file: name}
	manifest, err := b.manifest()
	if err != nil {
		return s, err
	}
	poetry := manifest.Tool.Poetry != nil && (manifest.Project.Name == "" || slices.Contains(manifest.Project.Dynamic, "dependencies"))
	if manifest.Project.Name == "" && !poetry {
		return s, nil
	}
	built, err := lock.ReadBuilt(b.app, ".")
	if err != nil {
		return s, err
	}
	if built.Why != "" {
		s.notes = []string{"The app itself is not installed: " + built.Why}
	}
	s.credentials = lock.IndexCredentials(b.app, b.lookup)
	s.credentials.Find(b.lookup, b.text(name), b.text("uv.toml"))
	if poetry {
		return b.readPoetry(s, built)
	}
	want := b.request()
	if err := b.refuse(name, lock.Request{Extras: want.Extras, Groups: want.Groups}, "a pyproject.toml without uv.lock"); err != nil {
		return s, err
	}
	if err := checkRequest(name, want, manifest); err != nil {
		return s, err
	}
	if built.Installable || len(manifest.Project.Dependencies)+len(manifest.Project.Dynamic)+len(want.Extras)+len(want.Groups) > 0 {
		s.open = b.openProject(built, want, len(manifest.Project.Dynamic) > 0 || len(manifest.Tool.UV.Sources) > 0)
	}
	return s, nil
}

// readPoetry reads a Poetry manifest without poetry.lock. Its constraints are none that uv reads.
func (b *builder) readPoetry(s source, built lock.Built) (source, error) {
	if err := b.refuse(s.file, lock.Request{}, "a pyproject.toml of Poetry without poetry.lock"); err != nil {
		return s, err
	}
	text := []byte(b.text(s.file))
	lines, err := lock.PoetryRequirements(text)
	if err != nil {
		return s, err
	}
	specifier, where, err := lock.PoetryPython(text)
	if err != nil {
		return s, err
	}
	s.python = wish(specifier, "pyproject.toml, "+where)
	if built.Installable {
		lines = append(lines, ".")
	}
	if len(lines) > 0 {
		s.options, err = lock.PoetryOptions(text)
		s.openLines(lines, s.options)
	}
	return s, err
}

// readSetup reads what only a setup.py or a setup.cfg describes: setuptools has to say what it needs.
func (b *builder) readSetup(name string) (source, error) {
	s := source{file: name}
	// A setup.cfg is often there for linters alone.
	if name == "setup.cfg" && !strings.Contains(b.text(name), "install_requires") {
		return s, nil
	}
	want := b.request()
	if err := b.refuse(name, lock.Request{Extras: want.Extras}, "a "+name); err != nil {
		return s, err
	}
	s.open = b.openProject(lock.Built{Installable: true}, want, true)
	s.credentials = lock.Credentials{}
	s.credentials.Find(b.lookup, b.text("setup.py"), b.text("setup.cfg"))
	return s, nil
}

// readPipfile reads a Pipfile without a lock.
func (b *builder) readPipfile(name string) (source, error) {
	s := source{file: name}
	if err := b.refuse(name, lock.Request{}, "a Pipfile without Pipfile.lock"); err != nil {
		return s, err
	}
	data, err := fs.ReadFile(b.app, name)
	if err != nil {
		return s, b.unreadable(name, err)
	}
	lines, options, err := lock.PipfileRequirements(data)
	if err != nil || len(lines) == 0 {
		return s, err
	}
	specifier, err := lock.PipfilePython(data)
	s.python = wish(specifier, name+", requires")
	s.openLines(lines, options)
	s.options, s.credentials = options, lock.IndexCredentials(b.app, b.lookup)
	return s, err
}

// wish is a file's word on the Python, if it has one.
func wish(specifier, where string) []python.Request {
	if specifier == "" {
		return nil
	}
	return []python.Request{{Text: specifier, Source: where}}
}

// text is the content of a file of the app, or nothing.
func (b *builder) text(name string) string {
	data, _ := fs.ReadFile(b.app, name)
	return string(data)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
