package start

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/decode"
	"github.com/lockstep/python/internal/pep508"
)

// script is a console script of the project.
type script struct {
	name, module, function string
	installed              bool // the project is among the packages, so the script stands on PATH
}

// pyproject is what matters here of pyproject.toml.
type pyproject struct {
	Project struct {
		Name    string
		Scripts map[string]string
	}
	Tool struct {
		Poetry struct {
			Name    string
			Scripts map[string]any
		}
		FastAPI struct{ Entrypoint string }
		UV      struct {
			Workspace struct{ Members []string }
		}
	}
}

// pyproject reads the one of a directory. One that cannot be read is told by those who read the packages.
func (t *tree) pyproject(dir string) (p pyproject, ok bool) {
	data, err := fs.ReadFile(t.app, path.Join(dir, "pyproject.toml"))
	ok = err == nil && decode.TOML(data, &p) == nil
	return p, ok
}

// readScripts reads the console scripts, sorted.
func (f *finder) readScripts() (pyproject, []script) {
	p, ok := f.tree.pyproject(f.tree.home)
	if !ok {
		return pyproject{}, nil
	}
	if p.Project.Name == "" {
		p.Project.Name = p.Tool.Poetry.Name
	}
	targets := map[string]string{}
	for name, target := range p.Tool.Poetry.Scripts {
		switch target := target.(type) {
		case string:
			targets[name] = target
		case map[string]any:
			targets[name], _ = target["reference"].(string)
		}
	}
	for name, target := range p.Project.Scripts {
		targets[name] = target
	}
	var list []script
	for _, name := range sorted(targets) {
		target, _, _ := strings.Cut(targets[name], "[")
		module, function, ok := strings.Cut(strings.TrimSpace(target), ":")
		if ok && importable.MatchString(module) && importable.MatchString(function) {
			list = append(list, script{name, module, function, f.packages.has(string(pep508.NewName(p.Project.Name)))})
		}
	}
	return p, list
}

// command runs the script, as its installed file would.
func (s script) command(root string) string {
	if s.installed {
		return s.name
	}
	first, _, _ := strings.Cut(s.function, ".")
	command := "python -c 'import sys; from " + s.module + " import " + first + "; sys.exit(" + s.function + "())'"
	return environment(candidate{module: &module{root: root}}) + command
}

// root is where the script's module is imported from.
func (f *finder) scriptModule(s script) *module {
	for _, root := range f.tree.homes() {
		if m := f.tree.module(f.tree.find(root, s.module)); m != nil {
			return m
		}
	}
	return nil
}

func (f *finder) scriptRoot(s script) string {
	if m := f.scriptModule(s); m != nil {
		return m.root
	}
	return "."
}

var webScript = regexp.MustCompile(`(^|[-_.])(web|serve|server|start|run-server|runserver|api)$`)

var startsServer = regexp.MustCompile(`\b(uvicorn|hypercorn|granian|gunicorn|waitress)\b|\brun_app\(|\bserve_forever\(|\bserve\(|\bGranian\(`)

var forDevelopment = regexp.MustCompile(`\b(reload|debug)\s*=\s*True\b|\brunserver\b|\bflask\b.*\brun\b`)

// webEntry is the script that serves, if the project has one that is meant for it: by its name, or the only one. One that runs
// a server for development, or on a port of its own, is passed over.
func (f *finder) webEntry(scripts []script) (script, bool) {
	for _, s := range scripts {
		if !webScript.MatchString(s.name) && len(scripts) > 1 {
			continue
		}
		m := f.scriptModule(s)
		if m == nil {
			continue
		}
		body := f.text(m, s.function)
		switch {
		case !startsServer.MatchString(body):
		case forDevelopment.MatchString(body):
			f.notes = append(f.notes, "Passing over the script "+s.name+" ("+m.file+"): it starts a server for development")
		case !strings.Contains(string(m.source), "PORT"):
			f.notes = append(f.notes, "Passing over the script "+s.name+" ("+m.file+"): its server does not use the variable PORT")
		default:
			return s, true
		}
	}
	return script{}, false
}

// text is the source of a function.
func (f *finder) text(m *module, name string) string {
	lines := strings.SplitAfter(string(m.source), "\n")
	for _, b := range m.names[name] {
		if b.function == nil || len(b.function.body) == 0 {
			continue
		}
		from := b.line - 1
		to := from + 1
		for to < len(lines) && (strings.TrimSpace(lines[to]) == "" || strings.HasPrefix(lines[to], " ") || strings.HasPrefix(lines[to], "\t") || strings.HasPrefix(lines[to], ")")) {
			to++
		}
		return strings.Join(lines[from:to], "")
	}
	return ""
}

// mainScript is the one that an app without a server is: the only one, or the one that has the project's name.
func mainScript(p pyproject, scripts []script) (script, bool) {
	i := slices.IndexFunc(scripts, func(s script) bool { return pep508.NewName(s.name) == pep508.NewName(p.Project.Name) })
	if i < 0 && len(scripts) == 1 {
		i = 0
	}
	if i < 0 {
		return script{}, false
	}
	return scripts[i], true
}
