package start

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Packages are the locked packages with their versions.
type Packages map[pep508.Name]string

func (p Packages) has(name string) bool {
	_, ok := p[pep508.Name(name)]
	return ok
}

// major is the first number of a package's version; 0 without the package.
func (p Packages) major(name string) int {
	n, _ := p.release(name)
	return n
}

// release is the first two numbers of a package's version.
func (p Packages) release(name string) (major, minor int) {
	first, rest, _ := strings.Cut(p[pep508.Name(name)], ".")
	second, _, _ := strings.Cut(rest, ".")
	major, _ = strconv.Atoi(first)
	minor, _ = strconv.Atoi(second)
	return major, minor
}

// host is where servers listen; the launch helper chooses it. Gunicorn listens at PORT on its own, so it is told nothing that
// a gunicorn.conf.py could not change.
const host = "${BIND_ADDRESS:-0.0.0.0}"

const (
	bind    = " --bind " + host + ":$PORT"
	hosting = " --host " + host + " --port $PORT"
	workers = " --workers ${WEB_CONCURRENCY:-1}"
)

// serving is how a candidate is run.
type serving struct {
	command  string
	needs    string // the server, when none is locked
	warnings []string
	notes    []string
}

// server is one that can be locked.
type server struct {
	name    string
	locked  func(Packages) bool
	command func(c candidate, conf gunicornConf) string
}

func needs(names ...string) func(Packages) bool {
	return func(p Packages) bool {
		for _, name := range names {
			if !p.has(name) {
				return false
			}
		}
		return true
	}
}

// asgiServers and wsgiServers stand in the order of preference.
var asgiServers = []server{
	{"gunicorn with uvicorn-worker", needs("gunicorn", "uvicorn-worker"), func(c candidate, conf gunicornConf) string {
		return gunicorn(c, conf, "uvicorn_worker.UvicornWorker")
	}},
	{"uvicorn", needs("uvicorn"), func(c candidate, _ gunicornConf) string {
		return "uvicorn" + factory(c, " --factory") + " " + plain(c) + hosting
	}},
	{"hypercorn", needs("hypercorn"), func(c candidate, _ gunicornConf) string { return "hypercorn " + quote(c.spec()) + bind + workers }},
	{"granian", needs("granian"), func(c candidate, _ gunicornConf) string {
		return "granian --interface asgi" + factory(c, " --factory") + " " + plain(c) + hosting + workers
	}},
	{"daphne", needs("daphne"), func(c candidate, _ gunicornConf) string {
		if c.factory {
			return ""
		}
		return "daphne -b " + host + " -p $PORT " + c.spec()
	}},
	{"gunicorn", func(p Packages) bool { return p.major("gunicorn") >= 25 }, func(c candidate, conf gunicornConf) string {
		return gunicorn(c, conf, "asgi")
	}},
}

var wsgiServers = []server{
	{"gunicorn", needs("gunicorn"), func(c candidate, conf gunicornConf) string { return gunicorn(c, conf, conf.loop) }},
	{"waitress", needs("waitress"), func(c candidate, _ gunicornConf) string {
		return "waitress-serve --host " + host + " --port $PORT" + factory(c, " --call") + " " + plain(c)
	}},
	{"granian", needs("granian"), func(c candidate, _ gunicornConf) string {
		return "granian --interface wsgi" + factory(c, " --factory") + " " + plain(c) + hosting + workers
	}},
	{"uwsgi", func(p Packages) bool { return p.has("uwsgi") || p.has("pyuwsgi") }, func(c candidate, _ gunicornConf) string {
		return "uwsgi --http :$PORT --master --die-on-term --need-app --processes ${WEB_CONCURRENCY:-1} --module " + quote(c.spec())
	}},
	{"hypercorn", needs("hypercorn"), func(c candidate, _ gunicornConf) string {
		module, object, _ := strings.Cut(c.spec(), ":")
		return "hypercorn " + quote("wsgi:"+module+":"+object) + bind + workers
	}},
}

// factory gives the option that a factory needs.
func factory(c candidate, option string) string {
	if c.factory {
		return option
	}
	return ""
}

// plain is the app without the brackets of a factory, for servers that have an option for it.
func plain(c candidate) string { return strings.TrimSuffix(c.spec(), "()") }

// quote puts what a shell would not take as it is into quotes.
func quote(word string) string {
	if strings.ContainsAny(word, "()' \"&;*$") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

func gunicorn(c candidate, conf gunicornConf, class string) string {
	command := "gunicorn " + quote(c.spec())
	if class != "" && !conf.sets["worker_class"] {
		command += " --worker-class " + class
	}
	return command
}

// serve chooses the server for an app of one of the two protocols.
func (f *finder) serve(c candidate, kind protocol) serving {
	servers, fallback := wsgiServers, "gunicorn"
	if kind == asgi {
		servers, fallback = asgiServers, "uvicorn"
	}
	conf := f.gunicornConf(c)
	for _, s := range servers {
		if s.locked(f.packages) {
			if command := s.command(c, conf); command != "" {
				found := serving{command: command}
				if strings.HasPrefix(command, "gunicorn ") {
					conf.say(&found)
				}
				return found
			}
		}
	}
	found := serving{needs: fallback}
	for _, s := range servers {
		if s.name == fallback {
			found.command = s.command(c, conf)
		}
	}
	text := f.noServer(kind, fallback)
	if other := f.otherServer(kind); other != "" {
		text = fmt.Sprintf("%s is locked, but it serves %s apps only, and not %s of %s, which is for %s: %s.",
			other, opposite(kind), c.spec(), c.framework.name, kind, f.advice(fallback))
	}
	found.warnings = append(found.warnings, text)
	return found
}

func (f *finder) noServer(kind protocol, fallback string) string {
	return fmt.Sprintf("No server for %s apps is among the packages: %s.", kind, f.advice(fallback))
}

func opposite(kind protocol) protocol {
	if kind == asgi {
		return wsgi
	}
	return asgi
}

// otherServer is a locked server of the other protocol alone.
func (f *finder) otherServer(kind protocol) string {
	names := []string{"uvicorn", "daphne"}
	if kind == asgi {
		names = []string{"gunicorn", "waitress", "uwsgi", "pyuwsgi"}
	}
	for _, name := range names {
		if f.packages.has(name) {
			return strings.TrimSpace(name + " " + f.packages[pep508.Name(name)])
		}
	}
	return ""
}

// advice says how a package gets among those of the app.
func (f *finder) advice(name string) string {
	switch f.settings.File {
	case "uv.lock":
		return "run 'uv add " + name + "' and commit pyproject.toml and uv.lock"
	case "poetry.lock":
		return "run 'poetry add " + name + "' and commit pyproject.toml and poetry.lock"
	case "pdm.lock":
		return "run 'pdm add " + name + "' and commit pyproject.toml and pdm.lock"
	case "Pipfile.lock":
		return "run 'pipenv install " + name + "' and commit Pipfile and Pipfile.lock"
	case "":
		return "add " + name + " to the app's requirements"
	}
	return "add the line " + name + " to " + f.settings.File
}

// gunicornConf is what the app's gunicorn.conf.py decides.
type gunicornConf struct {
	file string
	sets map[string]bool
	port bool   // it reads PORT
	loop string // the worker class that a package of the app takes for granted
}

// gunicornConf reads the file that gunicorn reads on its own.
func (f *finder) gunicornConf(c candidate) gunicornConf {
	conf := gunicornConf{sets: map[string]bool{}, loop: f.loop()}
	file := path.Join(workingDir(c.module.root), "gunicorn.conf.py")
	m := f.tree.module(file)
	if m == nil {
		return conf
	}
	conf.file, conf.port = file, strings.Contains(string(m.source), "PORT")
	for _, name := range m.order {
		conf.sets[name] = true
	}
	return conf
}

// loop is eventlet or gevent where Flask-SocketIO finds it: it uses the first of them, and only works in its workers then.
func (f *finder) loop() string {
	for _, name := range []string{"eventlet", "gevent"} {
		if f.packages.has("flask-socketio") && f.packages.has(name) {
			return name
		}
	}
	return ""
}

func (conf gunicornConf) say(s *serving) {
	var names []string
	for _, name := range []string{"bind", "workers", "worker_class", "threads", "timeout", "graceful_timeout"} {
		if conf.sets[name] {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		s.notes = append(s.notes, fmt.Sprintf("%s sets %s: left to it", conf.file, strings.Join(names, ", ")))
	}
	if conf.sets["bind"] && !conf.port {
		s.warnings = append(s.warnings, fmt.Sprintf("%s sets bind without the variable PORT, where platforms expect the app: "+
			"write bind = f\"0.0.0.0:{os.environ['PORT']}\", or leave bind out", conf.file))
	}
}

// environment is what has to stand in front of a command so that it finds the app.
func environment(c candidate) string {
	switch root := c.module.root; {
	case root == ".":
		return ""
	case path.Base(root) == "src":
		return "PYTHONPATH=" + root + " "
	default:
		return "env --chdir=" + root + " "
	}
}

// workingDir is where the command of an app below the root runs.
func workingDir(root string) string {
	if path.Base(root) == "src" {
		return "."
	}
	return root
}

// within is the file's path from the working directory.
func within(c candidate) string {
	dir := workingDir(c.module.root)
	return strings.TrimPrefix(c.module.file, strings.TrimSuffix(dir+"/", "./"))
}
