package start

import (
	"slices"
	"strings"
)

// queueProcesses are the processes of task queues: what works, and what hands out work by the clock.
func (f *finder) queueProcesses(queues []candidate) []Process {
	var list []Process
	add := func(kind string, c candidate, command string) {
		if command != "" && !slices.ContainsFunc(list, func(p Process) bool { return p.Type == kind }) {
			list = append(list, Process{Type: kind, Command: environment(c) + f.sameSettings(c.module) + command})
			if note := found(c); !slices.Contains(f.notes, note) {
				f.notes = append(f.notes, note)
			}
		}
	}
	for _, c := range queues {
		switch c.framework {
		case celery:
			app := "celery --app " + c.spec()
			add("worker", c, app+" worker --loglevel INFO --concurrency ${WEB_CONCURRENCY:-1}")
			add("beat", c, app+" beat --loglevel INFO "+f.beatSchedule())
		case huey:
			add("worker", c, f.huey(c))
		case taskiq:
			f.wantsLoop()
			add("worker", c, strings.Join(append([]string{"taskiq worker --workers ${WEB_CONCURRENCY:-1}", c.spec()}, f.taskModules("task", c)...), " "))
		case scheduler:
			add("beat", c, strings.Join(append([]string{"taskiq scheduler", c.spec()}, f.taskModules("task", c)...), " "))
		case rq:
			add("worker", c, f.rq(queues))
		}
	}
	if actors := f.taskModules("actor", candidate{}); f.packages.has("dramatiq") && len(actors) > 0 {
		c := candidate{module: f.byName(actors[0]), framework: &framework{"Dramatiq", worker}, line: 1}
		command := "dramatiq --processes ${WEB_CONCURRENCY:-1} " + strings.Join(actors, " ")
		if i := slices.IndexFunc(f.modules, isManage); i >= 0 && f.packages.has("django-dramatiq") {
			c.module = f.modules[i] // it sets Django up, finds the tasks, and becomes dramatiq
			command = "python " + within(c) + " rundramatiq --processes ${WEB_CONCURRENCY:-1}"
		}
		add("worker", c, command)
	}
	if c, ok := f.arq(); ok {
		add("worker", c, "arq "+c.module.name+"."+c.name)
	}
	return list
}

// huey runs the consumer as a module: the name of its script changed with release 3. Left alone it takes SIGTERM for "drop what
// you are doing"; releases before 3.4 cannot be told otherwise.
func (f *finder) huey(c candidate) string {
	command := "python -m huey.bin.huey_consumer " + c.module.name + "." + c.name
	if major, minor := f.packages.release("huey"); major > 3 || major == 3 && minor >= 4 {
		command += " --graceful-signal TERM"
	}
	return command
}

// wantsLoop warns of Taskiq without uvloop: its handler of SIGTERM does not wake the loop of asyncio, which goes on waiting for a task.
func (f *finder) wantsLoop() {
	text := "Without uvloop, a worker of Taskiq that has nothing to do does not notice that it is told to stop, and is killed: " + f.advice("uvloop")
	if !f.packages.has("uvloop") && !slices.Contains(f.warnings, text) {
		f.warnings = append(f.warnings, text)
	}
}

// beatSchedule is where beat keeps what it did: the app dir may be read-only.
func (f *finder) beatSchedule() string {
	if f.packages.has("django-celery-beat") {
		return "--scheduler django_celery_beat.schedulers:DatabaseScheduler"
	}
	return "--schedule /tmp/celerybeat-schedule"
}

// taskModules are the modules that declare tasks with a decorator of that name, other than the given one.
func (f *finder) taskModules(decorator string, c candidate) []string {
	var list []string
	for _, m := range f.modules {
		if m == c.module || !importable.MatchString(m.name) {
			continue
		}
		for _, name := range m.order {
			for _, b := range m.names[name] {
				if b.function != nil && slices.ContainsFunc(b.function.decorators, func(d expr) bool {
					_, last := cutLast(d.name)
					return last == decorator
				}) && !slices.Contains(list, m.name) {
					list = append(list, m.name)
				}
			}
		}
	}
	return list
}

func (f *finder) byName(name string) *module {
	return f.modules[slices.IndexFunc(f.modules, func(m *module) bool { return m.name == name })]
}

// rq has no app object: a worker is told the names of the queues, and where Redis is.
func (f *finder) rq(queues []candidate) string {
	if !f.packages.has("rq") {
		return ""
	}
	var names []string
	for _, c := range queues {
		b := c.module.names[c.name][0]
		name := "default"
		if len(b.value.args) > 0 && b.value.args[0].name == "" {
			if text, ok := b.value.args[0].text(); ok {
				name = text
			}
		}
		if c.framework == rq && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return `rq worker --url "${REDIS_URL:-redis://localhost:6379}" ` + strings.Join(names, " ")
}

// arq is told a class, usually named WorkerSettings, that lists the functions.
func (f *finder) arq() (candidate, bool) {
	for _, m := range f.modules {
		for _, b := range m.names["WorkerSettings"] {
			if b.class && f.packages.has("arq") {
				return candidate{module: m, name: "WorkerSettings", line: b.line, framework: &framework{"arq", worker}}, true
			}
		}
	}
	return candidate{}, false
}
