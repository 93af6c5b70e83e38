package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/wheel"
)

// tools are what writes locks: with and for one interpreter.
type tools struct {
	python, index string
	version       pep440.Version
	minor         int
}

func newTools(python, index string) (tools, error) {
	t := tools{python: python, index: index}
	out, err := exec.Command(python, "-c", "import platform; print(platform.python_version())").Output()
	if err != nil {
		return t, fmt.Errorf("asking %q for its version: %w", python, err)
	}
	if t.version, err = pep440.Parse(strings.TrimSpace(string(out))); err != nil {
		return t, err
	}
	_, err = fmt.Sscanf(string(out), "3.%d.", &t.minor)
	return t, err
}

// selected are the packages that a lock gives this CPython on Linux.
func (t tools) selected(dir, file string, read lock.Reader) ([]lock.Package, error) {
	l, err := read(os.DirFS(dir), file, lock.Request{})
	if err != nil {
		return nil, err
	}
	return lock.Select(l, lock.Environment{
		Markers: pep508.Linux(t.version, "x86_64"),
		Tags:    wheel.Interpreter{Minor: t.minor, Machine: "x86_64", Glibc: 36}.Tags(),
		Python:  t.version,
	})
}

func readRequirements(app fs.FS, name string, _ lock.Request) (lock.Lock, error) {
	r, err := lock.ReadRequirements(app, name, os.Getenv)
	if err != nil {
		return lock.Lock{}, err
	}
	return r.Lock()
}

// differences lists what another lock selects otherwise than uv.lock: packages, versions, and which file is installed.
func differences(want, got []lock.Package) []string {
	var list []string
	for _, p := range want {
		at := slices.IndexFunc(got, func(q lock.Package) bool { return q.Name == p.Name })
		switch {
		case at < 0:
			list = append(list, fmt.Sprintf("%s is only in uv.lock", p))
		case got[at].Version != p.Version:
			list = append(list, fmt.Sprintf("%s instead of %s", got[at], p))
		case !takes(got[at], p.File):
			list = append(list, fmt.Sprintf("%s is another file than %s", p, p.File.Name))
		}
	}
	for _, q := range got {
		if !slices.ContainsFunc(want, func(p lock.Package) bool { return p.Name == q.Name }) {
			list = append(list, fmt.Sprintf("%s is not in uv.lock", q))
		}
	}
	return list
}

// takes tells whether a package is this file, or may be it where the lock knows hashes alone.
func takes(p lock.Package, file *lock.File) bool {
	if p.File != nil && p.File.SHA256 != "" {
		return p.File.SHA256 == file.SHA256
	}
	return slices.Contains(p.Hashes, "sha256:"+file.SHA256)
}

// project is a manifest for uv, Poetry and PDM. Older patch releases are left out: Poetry and PDM refuse a package that is not for
// every Python that the manifest allows, such as networkx, which is not for 3.14.1.
func (t tools) project(requirements []string, index string) string {
	text := fmt.Sprintf("[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=%s,<3.%d\"\ndependencies = [\n", t.version, t.minor+1)
	for _, r := range requirements {
		text += fmt.Sprintf("    %q,\n", r)
	}
	text += "]\n\n[tool.poetry]\npackage-mode = false\n\n[tool.pdm]\ndistribution = false\n"
	if index != "" {
		text += fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"index\"\nurl = %q\n", index)
	}
	return text
}

// pins are the packages as requirements, each with the extras that the manifest asks for.
func pins(requirements []string, packages []lock.Package) []string {
	var list []string
	for _, p := range packages {
		extras := ""
		if list := extrasOf(requirements, p.Name); len(list) > 0 {
			extras = "[" + strings.Join(list, ",") + "]"
		}
		list = append(list, string(p.Name)+extras+"=="+p.Version)
	}
	return list
}

// pipfile is the same for Pipenv.
func pipfile(requirements []string, packages []lock.Package) string {
	text := "[packages]\n"
	for _, p := range packages {
		extras := ""
		if list := extrasOf(requirements, p.Name); len(list) > 0 {
			extras = fmt.Sprintf(", extras = [\"%s\"]", strings.Join(list, `", "`))
		}
		text += fmt.Sprintf("%q = {version = \"==%s\"%s}\n", p.Name, p.Version, extras)
	}
	return text
}

func extrasOf(requirements []string, name pep508.Name) []string {
	for _, text := range requirements {
		own, rest, _ := strings.Cut(text, "[")
		if pep508.NewName(own) == name && rest != "" {
			return strings.Split(strings.TrimSuffix(rest, "]"), ",")
		}
	}
	return nil
}

// run runs a tool in the app dir and gives what it says.
func (t tools) run(dir, tool string, args ...string) (string, error) {
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "UV_PYTHON="+t.python, "PIPENV_DEFAULT_PYTHON_VERSION="+t.python, "PIPENV_PYTHON="+t.python,
		"PIPENV_VENV_IN_PROJECT=1", "PDM_CHECK_UPDATE=0", "PDM_IGNORE_SAVED_PYTHON=1", "PDM_PYTHON="+t.python, "POETRY_VIRTUALENVS_CREATE=false")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
