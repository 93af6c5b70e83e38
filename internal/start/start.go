// Package start finds out how an app without a Procfile is started. In go a view of the app dir, the names of the locked packages
// and the settings; out come commands as a Procfile would have them, and what there is to say about them. The source is
// read, never run. Turning commands into processes is left to internal/process, installing a missing server to build.
package start

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Settings are what the owner chose.
type Settings struct {
	App    string      // module:object, if the owner names the app
	Member pep508.Name // of a workspace, if the owner names the one that is the app
	File   string      // that the packages come from: advice names it
}

// Process is one command that the image can run.
type Process struct {
	Type    string
	Command string // as in a Procfile
	Default bool
	Single  string // why it may have only one worker; empty if it may have more
}

// Result is everything that was found.
type Result struct {
	Processes []Process
	Notes     []string // facts: what was found, and where
	Warnings  []string
	Broken    []string // files that a warning is about since Python cannot read them
	Needs     string   // the server that the web process runs and that is not among the packages; empty if it is
}

// finder is one search.
type finder struct {
	tree     *tree
	modules  []*module
	packages Packages
	settings Settings
	asked    candidate // what BP_APP names
	notes    []string
	warnings []string
	broken   []string
}

// Find looks for the app: the one that the settings name, a console script that serves, the app object in the code, a package
// that runs. Two apps of the same rank are an error, since taking one of them would be a guess.
func Find(app fs.FS, packages Packages, settings Settings) (Result, error) {
	t, modules, err := readTree(app)
	if err != nil {
		return Result{}, fmt.Errorf("reading the app dir: %w", err)
	}
	modules = t.enter(settings.Member, modules)
	f := &finder{tree: t, modules: modules, packages: packages, settings: settings}
	f.checkSyntax()
	web, queues := t.collect(modules)
	if len(web) == 0 {
		web = f.pasted()
	}
	config, scripts := f.readScripts()
	chosen, err := f.choose(web, config, scripts)
	if err != nil {
		return Result{}, err
	}
	result := Result{Needs: chosen.needs}
	if chosen.command != "" {
		result.Processes = append(result.Processes, Process{Type: "web", Command: chosen.command, Default: true, Single: chosen.single})
	}
	result.Processes = append(result.Processes, f.queueProcesses(queues)...)
	if command := f.migrate(); command != "" {
		result.Processes = append(result.Processes, Process{Type: "migrate", Command: command})
	}
	f.addScripts(&result, scripts)
	f.setDefault(&result, config, scripts, len(web) > 0)
	result.Notes, result.Warnings, result.Broken = f.notes, f.warnings, f.broken
	return result, nil
}

// choice is the web process.
type choice struct{ command, needs, single string }

func (f *finder) choose(web []candidate, config pyproject, scripts []script) (choice, error) {
	if name := cmp.Or(f.settings.App, config.Tool.FastAPI.Entrypoint); name != "" {
		c, err := f.named(name, web)
		if err != nil {
			return choice{}, err
		}
		f.asked = c
		return f.start(c), nil
	}
	if s, ok := f.webEntry(scripts); ok {
		f.notes = append(f.notes, "The script "+s.name+" of pyproject.toml starts the server ("+s.module+":"+s.function+")")
		return choice{command: s.command(f.scriptRoot(s)), single: f.single(f.scriptModule(s))}, nil
	}
	if len(web) > 1 && web[0].rank == web[1].rank {
		if run := f.run(web); run != nil {
			return f.start(*run), nil
		}
		return choice{}, f.ambiguous(slices.DeleteFunc(slices.Clone(web), func(c candidate) bool { return c.rank > web[0].rank }))
	}
	if len(web) > 0 && f.tree.beside(web[0]) {
		f.warnings = append(f.warnings, f.leftOut(web[0]))
		return choice{}, nil
	}
	if len(web) > 0 {
		for _, other := range web[1:] {
			f.notes = append(f.notes, f.notStarting(other))
		}
		return f.start(web[0]), nil
	}
	if m := f.runs(listening); m != nil && len(scripts) == 0 {
		c := candidate{module: m}
		s := listens(c, "the call that starts the server")
		f.notes = append(f.notes, "There is no app object for a server; "+m.file+" starts one itself")
		f.warnings = append(f.warnings, s.warnings...)
		return choice{command: environment(c) + s.command, single: f.single(m)}, nil
	}
	return choice{}, nil
}

// listening is the start of a server by a program's own code.
var listening = regexp.MustCompile(`\b(?:uvicorn\.run|run_app|serve_forever|Granian|quickstart|(?:waitress|websockets)\.serve)\(|[\s(=]serve\(|\.listen\([^)]`)

// onPort is that of a server that may be for development: it is proposed, and not started.
var onPort = regexp.MustCompile(`\brun\(.*\bport=`)

// runs is the only file with such text that is run, not imported. What click and typer make of one needs a command.
func (f *finder) runs(text *regexp.Regexp) *module {
	var only *module
	for _, m := range f.modules {
		if len(m.main) == 0 && m.blocks == nil || m.aside() || !text.Match(m.source) || forDevelopment.Match(m.source) || m.names["click"] != nil || m.names["typer"] != nil {
			continue
		}
		if only != nil {
			return nil
		}
		only = m
	}
	return only
}

// run is the one app of several that the code itself hands to uvicorn or its kind by name.
func (f *finder) run(web []candidate) *candidate {
	var found *candidate
	for _, m := range f.modules {
		for i, c := range web {
			if c.rank == web[0].rank && c.name != "" && m.names != nil && strings.Contains(string(m.source), `run("`+plain(c)+`"`) {
				if found != nil && found.id != c.id {
					return nil
				}
				found = &web[i]
			}
		}
	}
	return found
}

// start makes the command for an app.
func (f *finder) start(c candidate) choice {
	var s serving
	switch {
	case c.id == djangoID(c.module):
		c, s = f.django(c)
	case c.framework.protocol == own:
		s = f.ownServer(c)
	default:
		s = f.serve(c, c.framework.protocol)
	}
	f.notes = slices.Concat([]string{found(c)}, f.notes, s.notes)
	f.warnings = append(f.warnings, s.warnings...)
	f.checkFramework(c)
	f.sessionKey(c)
	if e := c.module.blocks; e != nil && !strings.HasSuffix(s.command, python(c)) {
		f.warnings = append(f.warnings, fmt.Sprintf("%s, line %d: %s() starts a server of its own when the file is imported, so the app would not come up. "+
			"Write it below the line\nif __name__ == \"__main__\":", c.module.file, e.line, e.name))
	}
	if s.command == "" {
		return choice{}
	}
	if line := threadIn(c.module.main); line > 0 && !strings.HasSuffix(s.command, python(c)) {
		f.warnings = append(f.warnings, fmt.Sprintf("%s, line %d: the thread that starts here is left out, since a server imports the file and runs nothing below the line\n"+
			"if __name__ == \"__main__\":\nStart it above that line, or add a Procfile with web: %s", c.module.file, line, environment(c)+python(c)))
	}
	single := f.sessions(c)
	if c.framework.protocol == own {
		single = f.single(c.module)
	}
	return choice{environment(c) + s.command, s.needs, single}
}

func (f *finder) notStarting(c candidate) string {
	return fmt.Sprintf("Not starting %s of %s (%s), which %s would", c.spec(), c.framework.name, c.where(), f.setting(c))
}

func found(c candidate) string {
	what := "app"
	switch {
	case c.framework.protocol == worker:
		what = "tasks"
	case c.factory:
		what = "app factory"
	case c.framework == paste:
		what = "configuration"
	case c.name == "" && c.id != djangoID(c.module):
		what = "script"
	}
	return fmt.Sprintf("Found the %s of %s: %s (%s)", what, c.framework.name, c.spec(), c.where())
}

// checkFramework warns about an app whose framework would not be there.
func (f *finder) checkFramework(c candidate) {
	name := distributions[strings.ToLower(c.framework.name)]
	if c.framework == fastHTML {
		name = "python-fasthtml"
	}
	if name == "" || f.packages.has(name) || f.carries(name) {
		return
	}
	advice := f.advice(name)
	if member := f.outside(c.module); member != "" {
		advice = "it belongs to a member of the workspace; set BP_PYTHON_MEMBER=" + string(member) + " to have the packages of that one installed"
	}
	f.warnings = append(f.warnings, fmt.Sprintf("%s imports %s, which is not among the packages, so the app would stop with an ImportError: %s",
		c.module.file, c.framework.name, advice))
}

// carries tells whether the app dir itself has the module.
func (f *finder) carries(name string) bool {
	return f.tree.find(".", strings.ReplaceAll(name, "-", "_")) != ""
}

// checkSyntax warns about files that Python would stop at.
func (f *finder) checkSyntax() {
	for _, m := range f.modules {
		if f.crashes(m) {
			f.broken = append(f.broken, m.file)
			f.warnings = append(f.warnings, fmt.Sprintf("%s, line %d: %s. An app in this file is not found, and would crash at start: correct the line.",
				m.file, m.invalid.line, m.invalid.text))
		}
	}
}

// crashes tells a file that Python would stop at, of those that apps are started from.
func (f *finder) crashes(m *module) bool {
	return m.invalid != nil && (slices.Contains(conventional, path.Base(m.file)) || usual[path.Base(m.file)])
}

// addScripts gives every console script a process of its name, if no other has it.
func (f *finder) addScripts(r *Result, scripts []script) {
	for _, s := range scripts {
		if processType(s.name) && !slices.ContainsFunc(r.Processes, func(p Process) bool { return p.Type == s.name }) {
			r.Processes = append(r.Processes, Process{Type: s.name, Command: s.command(f.scriptRoot(s)), Single: f.single(f.scriptModule(s))})
		}
	}
}

func processType(name string) bool {
	return name != "python" && name != "shell" && len(name) < 64 && strings.Trim(name, ".") != "" &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

// setDefault says what the image does when nobody asks for a process: serve, else run the command that the app is, else work.
func (f *finder) setDefault(r *Result, config pyproject, scripts []script, web bool) {
	if slices.ContainsFunc(r.Processes, func(p Process) bool { return p.Default }) || web {
		return
	}
	kind := "worker"
	if s, ok := mainScript(config, scripts); ok {
		kind = s.name
		f.notes = append(f.notes, "There is no web app; the console script "+s.name+" of pyproject.toml is what the image runs")
	} else if m := f.runnable(); m != nil && !hasType(r.Processes, kind) {
		kind = "main"
		r.Processes = append(r.Processes, Process{Type: kind, Command: environment(candidate{module: m}) + python(candidate{module: m}), Single: f.single(m)})
		f.notes = append(f.notes, "There is no web app; "+m.file+" makes a program of its package")
	}
	for i := range r.Processes {
		if r.Processes[i].Type == kind {
			r.Processes[i].Default = true
			return
		}
	}
	if !slices.ContainsFunc(f.modules, f.crashes) {
		f.warnings = append(f.warnings, f.nothing())
	}
}

func hasType(list []Process, kind string) bool {
	return slices.ContainsFunc(list, func(p Process) bool { return p.Type == kind })
}

// runnable is the __main__.py of the only package that has one.
func (f *finder) runnable() *module {
	var only *module
	for _, m := range f.modules {
		if path.Base(m.file) == "__main__.py" && strings.Contains(m.name, ".") && strings.Count(m.name, ".") == 1 {
			if only != nil {
				return nil
			}
			only = m
		}
	}
	return only
}

// nothing says what was looked for, and gives a line that starts this app.
func (f *finder) nothing() string {
	line := ""
	for _, m := range f.modules {
		if likely := f.likely(m); likely != "" {
			line = "web: " + likely
			break
		}
	}
	return "nothing was found that starts the app, so the image has no default process.\n" +
		"Looked for: a Procfile, console scripts in pyproject.toml, an app object of a web framework, a task queue, and a package with __main__.py.\n" +
		"Add a file named Procfile with the command, such as\n" + cmp.Or(line, f.programLine(), "web: gunicorn main:app")
}

// programLine is the line for the file that is most likely run; empty if there is none.
func (f *finder) programLine() string {
	line, best := "", 6
	for _, m := range f.modules {
		n := 0
		switch base := path.Base(m.file); {
		case base == "manage.py" || base == "gunicorn.conf.py" || m.invalid != nil:
			continue
		case len(m.main) > 0:
		case slices.Contains(conventional, base):
			n = 1
		case len(m.calls) > 0:
			n = 2
		default:
			continue // it only says things
		}
		if path.Dir(m.file) != f.tree.home {
			n += 3
		}
		if n < best {
			c := candidate{module: m}
			kind := "worker: "
			if m.blocks != nil || listening.Match(m.source) || onPort.Match(m.source) {
				kind = "web: "
			}
			line, best = kind+environment(c)+python(c), n
		}
	}
	return line
}

// likely is a command for an object that has an app's name, in a usual place, and comes from what the code does not show.
func (f *finder) likely(m *module) string {
	if !slices.Contains(conventional, path.Base(m.file)) || !importable.MatchString(m.name) || !f.hasFramework() {
		return ""
	}
	for _, name := range objectNames {
		if slices.Contains(f.objects(m), m.name+":"+name) {
			c, err := f.named(m.name+":"+name, nil)
			if err != nil {
				return ""
			}
			return environment(c) + f.serve(c, c.framework.protocol).command
		}
	}
	return ""
}

// hasFramework tells whether a web framework is among the packages.
func (f *finder) hasFramework() bool {
	for _, kind := range makers {
		if (kind.protocol == asgi || kind.protocol == wsgi) && f.packages.has(distributions[strings.ToLower(kind.name)]) {
			return true
		}
	}
	return false
}
