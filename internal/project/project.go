// Package project looks at the app dir: which of the files that matter are there, and which lock file wins. Both phases
// call it; contents are read by those who need them.
package project

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// Project is what stands in the app dir.
type Project struct {
	Files        []string // names of the root's files that matter, sorted
	Requirements []string // requirements files but for requirements.txt itself, in the root and in requirements/, sorted
	Venvs        []string // virtual environments that are committed, sorted
	found        bool
}

// kinds of files that make an app dir a Python app, in the order in which messages list them.
var (
	locks     = []string{"pylock.toml", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"}
	manifests = slices.Concat([]string{"requirements.txt", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "manage.py"}, conda,
		[]string{"runtime.txt", ".python-version"})
	conda  = []string{"conda-lock.yml", "pixi.lock", "pixi.toml", "environment.yml", "environment.yaml"}
	starts = []string{"Procfile", "app.py", "asgi.py", "main.py", "server.py", "wsgi.py", "application.py", "__main__.py"}
	// inner are the files that tell a directory of the app's code from one of scripts, such as a Node.js app has them too.
	inner = append([]string{"__init__.py", "manage.py"}, starts[1:]...)
)

// Scan looks at the root of the app dir. It opens no file.
func Scan(app fs.FS) (Project, error) {
	entries, err := fs.ReadDir(app, ".")
	if err != nil {
		return Project{}, err
	}
	var p Project
	python, start := false, false
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() {
			p.addDirectory(app, name)
			continue
		}
		p.addFile(name)
		python = python || strings.HasSuffix(name, ".py")
		start = start || slices.Contains(starts, name)
	}
	p.found = p.found || len(p.Requirements) > 0 || start && (python || nested(app, ".") || nested(app, "src"))
	sort.Strings(p.Files)
	sort.Strings(p.Requirements)
	return p, nil
}

func (p *Project) addDirectory(app fs.FS, name string) {
	if _, err := fs.Stat(app, path.Join(name, "pyvenv.cfg")); err == nil {
		p.Venvs = append(p.Venvs, name)
	}
	if name == "requirements" {
		p.Requirements = append(p.Requirements, requirementsIn(app, name)...)
	}
}

func (p *Project) addFile(name string) {
	if IsRequirements(name) && name != "requirements.txt" {
		p.Requirements = append(p.Requirements, name)
	}
	matters := slices.Contains(locks, name) || slices.Contains(manifests, name) || IsPylock(name)
	p.found = p.found || matters
	if matters || name == "Procfile" {
		p.Files = append(p.Files, name)
	}
}

// IsRequirements tells the usual names of requirements files.
func IsRequirements(name string) bool { return requirements.MatchString(name) }

// requirements are the names that requirements files go by: requirements-prod.txt, dev-requirements.txt, requirements.in.
var requirements = regexp.MustCompile(`^(?:[\w.-]+[-_.])?requirements(?:[-_.][\w.-]+)?\.(?:txt|in)$`)

// requirementsIn lists the files of a directory that is there for them.
func requirementsIn(app fs.FS, dir string) []string {
	var list []string
	for _, pattern := range []string{"*.txt", "*.in"} {
		found, _ := fs.Glob(app, path.Join(dir, pattern)) // the pattern is not malformed
		list = append(list, found...)
	}
	return list
}

// IsPylock tells the names of pylock files, pylock.toml and pylock.<name>.toml (PEP 751).
func IsPylock(name string) bool { return name == "pylock.toml" || named(name) }

func named(name string) bool {
	middle, ok := strings.CutPrefix(name, "pylock.")
	middle, isTOML := strings.CutSuffix(middle, ".toml")
	return ok && isTOML && middle != "" && !strings.Contains(middle, ".")
}

// nested tells whether a directory of dir holds the app's code: a package, or what a Procfile beside it may start.
func nested(app fs.FS, dir string) bool {
	entries, err := fs.ReadDir(app, dir)
	if err != nil {
		return false // the directory is not there; whether it can be read is for the build to say
	}
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules" {
			continue
		}
		inside, err := fs.ReadDir(app, path.Join(dir, entry.Name()))
		if err == nil && slices.ContainsFunc(inside, func(e fs.DirEntry) bool { return slices.Contains(inner, e.Name()) }) {
			return true
		}
	}
	return false
}

// IsPython tells whether this is an app for us.
func (p Project) IsPython() bool { return p.found }

// Has tells whether one of the files that matter stands in the root.
func (p Project) Has(name string) bool { return slices.Contains(p.Files, name) }

// Pylocks names the pylock files: pylock.toml first, then those with a name, sorted.
func (p Project) Pylocks() []string {
	return slices.Concat(p.present(locks[:1]), slices.DeleteFunc(slices.Clone(p.Files), func(name string) bool { return !named(name) }))
}

// Conda names the files of conda and pixi.
func (p Project) Conda() []string { return p.present(conda) }

func (p Project) present(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !p.Has(name) })
}

// LookedFor is the list for an owner whose app dir was not taken for a Python app.
func LookedFor() string {
	return strings.Join(slices.Concat(locks, manifests[:6]), ", ") +
		", or " + strings.Join(starts[:6], ", ") + " beside .py files"
}
