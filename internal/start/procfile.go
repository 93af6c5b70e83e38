package start

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Check looks at programs of a Procfile for what would fail at start: a server that is not locked, a module or object that is not
// there, a server of the wrong kind. It gives a verdict for each. What it cannot see through it takes for right.
func Check(app fs.FS, packages Packages, settings Settings, programs []Program) ([]Verdict, error) {
	finders := map[string]*finder{}
	list := make([]Verdict, len(programs))
	for i, p := range programs {
		if !fs.ValidPath(p.Dir) {
			continue // outside, or known at start alone
		}
		f := finders[p.Dir]
		if f == nil {
			dir, err := fs.Sub(app, p.Dir)
			if err != nil {
				return nil, fmt.Errorf("going to %s of the app dir: %w", p.Dir, err)
			}
			t, modules, err := readTree(dir)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("reading the app dir: %w", err)
			}
			f = &finder{tree: t, modules: modules, packages: packages, settings: settings}
			finders[p.Dir] = f
		}
		list[i].Single = f.singleProgram(p.Args)
		if !p.Elsewhere {
			list[i].Warning = f.check(p.Args)
		}
	}
	return list, nil
}

// Program is one that a Procfile starts.
type Program struct {
	Dir       string // of the app dir, where it runs
	Elsewhere bool   // it may not find modules where they are looked for here
	Args      []string
}

// Verdict is what there is to say about a program.
type Verdict struct {
	Warning string // empty if nothing is wrong
	Single  string // why it may have only one worker; empty if it may have more
}

// program is the module that Python is told to run.
func (f *finder) program(args []string) *module {
	if !interpreter.MatchString(path.Base(args[0])) {
		return nil
	}
	for i, arg := range args[1:] {
		switch {
		case arg == "-m" && i+2 < len(args):
			name := args[i+2]
			for _, one := range []string{name, name + ".__main__"} {
				if file := f.tree.find(".", one); file != "" && path.Base(file) != "__init__.py" {
					return f.tree.module(file)
				}
			}
			return nil
		case !strings.HasPrefix(arg, "-"):
			return f.tree.module(path.Clean(arg))
		}
	}
	return nil
}

var interpreter = regexp.MustCompile(`^python[0-9.]*$`)

// serversOf are the packages of the programs that run an app, with the kind of app; celery's is named by an option.
var serversOf = map[string]server{
	"gunicorn": {name: "gunicorn"}, "uvicorn": {name: "uvicorn"}, "hypercorn": {name: "hypercorn"}, "granian": {name: "granian"},
	"daphne": {name: "daphne"}, "waitress-serve": {name: "waitress"}, "celery": {name: "celery"},
}

func (f *finder) check(args []string) string {
	if len(args) > 1 && interpreter.MatchString(path.Base(args[0])) {
		if args[1] != "-m" {
			return f.checkFile(args[1])
		}
		if len(args) < 3 {
			return ""
		}
		args = args[2:]
		if serversOf[args[0]].name == "" {
			return f.checkModule(args[0])
		}
	}
	s, known := serversOf[args[0]]
	if !known {
		return ""
	}
	if !f.packages.has(s.name) {
		return fmt.Sprintf("%s is not among the packages, so it would not be found: %s", s.name, f.advice(s.name))
	}
	spec := target(args)
	module, object, _ := strings.Cut(spec, ":")
	if text := f.checkModule(module); text != "" || module == "" {
		return text
	}
	m := f.tree.module(f.tree.find(".", module))
	if m == nil || object == "" {
		return ""
	}
	return cmp.Or(f.checkObject(m, object), f.checkKind(m, args, spec, object))
}

// checkFile looks for a script.
func (f *finder) checkFile(name string) string {
	if !strings.HasSuffix(name, ".py") || strings.HasPrefix(name, "-") || !fs.ValidPath(path.Clean(name)) {
		return ""
	}
	if _, err := fs.Stat(f.tree.app, path.Clean(name)); err == nil {
		return ""
	}
	return fmt.Sprintf("there is no file %s%s", name, meant(nearest(name, sorted(f.tree.files))))
}

// checkModule looks for a module in the app. One whose first name looks like that of a package may come from there.
func (f *finder) checkModule(name string) string {
	if !importable.MatchString(name) || f.tree.find(".", name) != "" {
		return ""
	}
	first, _, _ := strings.Cut(name, ".")
	plain := strings.ReplaceAll(first, "_", "-")
	for locked := range f.packages {
		if strings.Contains(string(locked), strings.ToLower(plain)) {
			return ""
		}
	}
	if f.tree.find("src", name) != "" {
		return fmt.Sprintf("the module %s stands in src, where it is not looked for: write PYTHONPATH=src in front of the command", name)
	}
	if f.tree.dirs[first] && f.tree.find(".", first) == "" && name == first {
		return ""
	}
	var names []string
	for _, file := range sorted(f.tree.files) {
		names = append(names, dottedName(".", file))
	}
	if len(names) == 0 || standard[first] {
		return ""
	}
	return fmt.Sprintf("there is no module %s in the app, and no package of that name%s", name, meant(nearest(name, names)))
}

// standard are modules of the standard library that a Procfile may run.
var standard = set("http asyncio venv json zipapp runpy unittest pdb cProfile trace timeit this calendar compileall sqlite3 wsgiref xmlrpc socketserver smtpd")

func (f *finder) checkObject(m *module, object string) string {
	name, _, _ := strings.Cut(strings.TrimSuffix(object, "()"), ".")
	name, _, _ = strings.Cut(name, "(")
	if len(m.names[name]) > 0 || len(m.stars) > 0 || m.invalid != nil || !importable.MatchString(name) {
		return ""
	}
	objects := f.objects(m)
	for i := range objects {
		_, objects[i], _ = strings.Cut(objects[i], ":")
	}
	return fmt.Sprintf("%s binds no %s%s", m.file, name, meant(nearest(name, objects)))
}

// checkKind compares the protocol of the app with the server's.
func (f *finder) checkKind(m *module, args []string, spec, object string) string {
	var framework *framework
	for _, c := range f.tree.inModule(m) {
		if c.name == strings.TrimSuffix(object, "()") {
			framework = c.framework
		}
	}
	if framework == nil {
		return ""
	}
	conf := f.gunicornConf(candidate{module: &module{root: "."}})
	worker := slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "-k") || strings.HasPrefix(arg, "--worker-class") })
	c := candidate{module: m, name: strings.TrimSuffix(object, "()"), factory: strings.HasSuffix(object, "()"), framework: framework}
	switch name := args[0]; {
	case framework.protocol == asgi && (name == "waitress-serve" || name == "gunicorn" && !worker && !conf.sets["worker_class"]):
		return fmt.Sprintf("%s as it is called here serves WSGI apps, but %s is an app of %s, for ASGI: every request would be answered with an error. "+
			"Write %s", name, spec, framework.name, f.serve(c, asgi).command)
	case framework.protocol == wsgi && (name == "daphne" || name == "uvicorn" && !slices.Contains(args, "--interface")):
		return fmt.Sprintf("%s serves ASGI apps, but %s is an app of %s, for WSGI: every request would be answered with an error. "+
			"Write %s", name, spec, framework.name, f.serve(c, wsgi).command)
	}
	return ""
}

// target is the app that a server is told, without its options. The value of an option that stands as a word of its own must not
// be taken for it: only what looks like module:object is sure.
func target(args []string) string {
	for i, arg := range args[1:] {
		before := args[i]
		if args[0] == "celery" {
			if value, ok := strings.CutPrefix(arg, "--app="); ok {
				return value
			}
			if before == "-A" || before == "--app" {
				return arg
			}
			continue
		}
		if slices.Contains([]string{"-c", "--config", "-k", "--worker-class", "--logger-class", "--log-config"}, before) {
			continue
		}
		if specification.MatchString(arg) || i == 0 && importable.MatchString(arg) {
			return arg
		}
	}
	return ""
}

var specification = regexp.MustCompile(`^[\pL_][\pL\pN_.]*:[\pL_][\pL\pN_.]*(\(.*\))?$`)

func meant(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return ". Did you mean " + strings.Join(near, " or ") + "?"
}
