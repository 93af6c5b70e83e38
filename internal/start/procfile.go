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
		list[i].Single = f.singleProgram(behind(p.Args))
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

// programsOf are the packages of other programs.
var programsOf = map[string]string{
	"alembic": "alembic", "arq": "arq", "chainlit": "chainlit", "ddtrace-run": "ddtrace", "django-admin": "django", "dramatiq": "dramatiq",
	"flask": "flask", "honcho": "honcho", "litestar": "litestar", "newrelic-admin": "newrelic", "panel": "panel", "rq": "rq",
	"sanic": "sanic", "streamlit": "streamlit", "taskiq": "taskiq",
	"hatch": "hatch", "pdm": "pdm", "pipenv": "pipenv", "poetry": "poetry", "uv": "uv",
}

// leading are programs that become another one: with "run" those that manage packages, and those that watch.
var leading = map[string]string{
	"hatch": "run", "pdm": "run", "pipenv": "run", "poetry": "run", "uv": "run",
	"ddtrace-run": "", "newrelic-admin": "run-program", "opentelemetry-instrument": "",
}

// behind gives what a program that only leads to another one runs.
func behind(args []string) []string {
	word, known := leading[args[0]]
	switch {
	case known && word == "" && len(args) > 1:
		return args[1:]
	case known && len(args) > 2 && args[1] == word:
		return args[2:]
	}
	return args
}

func (f *finder) check(args []string) string {
	if text := f.checkProgram(args); text != "" {
		return text
	}
	args = behind(args)
	if len(args) > 1 && interpreter.MatchString(path.Base(args[0])) {
		if args[1] != "-m" {
			return f.checkScript(args[1])
		}
		if len(args) < 3 {
			return ""
		}
		if serversOf[args[2]].name == "" {
			return f.checkRun(args)
		}
		args = args[2:]
	}
	if text := f.checkProgram(args); text != "" || serversOf[args[0]].name == "" {
		return text
	}
	return cmp.Or(f.checkCelery(args), checkGunicorn(args), f.checkApp(args))
}

// checkProgram looks for the program itself, in the packages or the app.
func (f *finder) checkProgram(args []string) string {
	name := args[0]
	switch {
	case strings.Contains(name, "/"):
		return f.checkFile(name)
	case (name == "sh" || name == "bash") && len(args) > 1:
		return f.checkFile(args[1])
	}
	wanted := cmp.Or(serversOf[name].name, programsOf[name])
	if wanted == "" || f.packages.has(wanted) {
		return ""
	}
	if leading[name] == "run" {
		if len(behind(args)) == len(args) {
			return ""
		}
		return fmt.Sprintf("%s is not among the packages, so it would not be found: leave out %[1]s run, the commands of packages are found without it", name)
	}
	return fmt.Sprintf("%s is not among the packages, so %s would not be found: %s", wanted, pronoun(name, wanted), f.advice(wanted))
}

func pronoun(name, wanted string) string {
	if name == wanted {
		return "it"
	}
	return name
}

// checkRun looks for a module that is run.
func (f *finder) checkRun(args []string) string {
	if f.program(args) != nil {
		return ""
	}
	name := args[2]
	if file := f.tree.find(".", name); file != "" {
		return fmt.Sprintf("%s is a package without a __main__.py, so python -m %s would end at once", name, name)
	}
	return f.checkModule(name)
}

// checkCelery knows the order of words that Celery has from release 5.
func (f *finder) checkCelery(args []string) string {
	if args[0] != "celery" || f.packages.major("celery") < 5 || len(args) < 2 || strings.HasPrefix(args[1], "-") {
		return ""
	}
	app := target(args)
	if app == "" {
		return ""
	}
	return fmt.Sprintf("celery takes its app in front of %s from release 5 on, and would end at once: write celery --app %s %[1]s", args[1], app)
}

// checkGunicorn knows that gunicorn lacks two options of uvicorn.
func checkGunicorn(args []string) string {
	for _, arg := range args {
		if name, _, _ := strings.Cut(arg, "="); args[0] == "gunicorn" && (name == "--host" || name == "--port") {
			return fmt.Sprintf("gunicorn has no option %s and would end at once: delete --host and --port, or write --bind 0.0.0.0:$PORT", name)
		}
	}
	return ""
}

// checkApp looks at the app that a server or a worker is given.
func (f *finder) checkApp(args []string) string {
	spec := target(args)
	module, object, _ := strings.Cut(spec, ":")
	if parent, last := cutLast(module); args[0] == "celery" && f.tree.find(".", module) == "" && f.tree.find(".", parent) != "" {
		module, object = parent, last // it takes the object after a dot, too
	}
	if text := f.checkModule(module); text != "" || module == "" {
		return text
	}
	m := f.tree.module(f.tree.find(".", module))
	if m == nil || object == "" {
		return ""
	}
	return cmp.Or(f.checkObject(m, object), f.checkAttribute(m, args, object), f.checkFactory(m, args, module, object), f.checkKind(m, args, spec, object))
}

// checkAttribute knows that gunicorn reads no attribute of an object.
func (f *finder) checkAttribute(m *module, args []string, object string) string {
	name, _, _ := strings.Cut(object, "(")
	if major := f.packages.major("gunicorn"); args[0] != "gunicorn" || !strings.Contains(name, ".") || major > 0 && major < 20 {
		return ""
	}
	_, last := cutLast(name)
	return fmt.Sprintf("gunicorn takes a name of %s or a call of one, not %s: bind that to a name there, as in %s = %s, and write the name", m.file, object, last, object)
}

// factoryOptions are those that say that a function makes the app. To gunicorn and hypercorn a call says it.
var factoryOptions = map[string]string{"uvicorn": "--factory", "granian": "--factory", "waitress-serve": "--call"}

// checkFactory compares how a function that makes the app is named with the way of the server.
func (f *finder) checkFactory(m *module, args []string, module, object string) string {
	name, _, called := strings.Cut(object, "(")
	option := factoryOptions[args[0]]
	if called && option != "" {
		return fmt.Sprintf("%s takes a name, not a call: write %[1]s %s %s:%s", args[0], option, module, name)
	}
	if called || option != "" && slices.Contains(args, option) || args[0] == "uvicorn" || args[0] == "celery" {
		return "" // uvicorn calls it when it finds that it has to
	}
	// The same holds for gunicorn with uvicorn's worker, which is what an ASGI app has there.
	if !slices.ContainsFunc(f.tree.inModule(m), func(c candidate) bool {
		return c.factory && c.name == name && (c.framework.protocol == wsgi || c.framework.protocol == asgi && args[0] != "gunicorn")
	}) {
		return ""
	}
	write := fmt.Sprintf("'%s:%s()'", module, name)
	if option != "" {
		write = fmt.Sprintf("%s %s %s:%s", args[0], option, module, name)
	}
	return fmt.Sprintf("%s:%s is a function that makes the app, not the app: write %s", module, name, write)
}

// checkScript looks for a script of Python.
func (f *finder) checkScript(name string) string {
	text := f.checkFile(name)
	if text == "" || !strings.HasSuffix(name, ".py") {
		return ""
	}
	return text + meant(nearest(name, sorted(f.tree.files)))
}

// checkFile looks for a file of the app. What is made by npm may not be there yet.
func (f *finder) checkFile(name string) string {
	if strings.HasPrefix(name, "-") || strings.ContainsAny(name, "$`~*?<(") || strings.Contains(name, "node_modules") || !fs.ValidPath(path.Clean(name)) {
		return ""
	}
	if _, err := fs.Stat(f.tree.app, path.Clean(name)); err == nil {
		return ""
	}
	return "there is no file " + name
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
