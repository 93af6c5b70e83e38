package start

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/djangoenv"
)

// project is a Django project: one sys.path root with its doors.
type project struct {
	manage     *module
	asgi, wsgi *candidate
	asked      *candidate  // the one that BP_APP names
	doors      []candidate // all of them: there may be one for development and one for production
	managed    string      // what manage.py names
}

// djangoProject looks the project of a candidate up.
func (f *finder) djangoProject(root string) project {
	var p project
	for _, m := range f.modules {
		if m.root != root {
			continue
		}
		if path.Base(m.file) == "manage.py" {
			p.manage, p.managed = m, settingsOf(m)
		}
		for _, c := range f.tree.inModule(m) {
			if c.id != djangoID(m) || c.factory || c.name == "" {
				continue
			}
			if m == f.asked.module && c.name == f.asked.name {
				p.asked = &c
			}
			door := &p.wsgi
			if c.framework == channels {
				door = &p.asgi
			}
			p.doors = append(p.doors, c)
			if *door == nil || c.less(**door) {
				*door = &c
			}
		}
	}
	return p
}

// settingsOf is the settings module that a file names.
func settingsOf(m *module) string {
	name, _ := djangoenv.Settings(m.source)
	return name
}

// isManage tells the manage.py of a Django project.
func isManage(m *module) bool {
	_, found := djangoenv.Settings(m.source)
	return found && path.Base(m.file) == "manage.py"
}

// django chooses between the two doors.
func (f *finder) django(c candidate) (candidate, serving) {
	p := f.djangoProject(c.module.root)
	door := f.door(p)
	if door == nil {
		if p.managed == "" {
			return c, notStarted(c, "it names no settings, and there is no wsgi.py: run django-admin startproject to see one")
		}
		c.framework = django
		made := candidate{module: &module{root: c.module.root, name: "django.core.wsgi"}, name: "get_wsgi_application", factory: true, framework: django}
		s := f.serve(made, wsgi)
		s.command = withSettings(p.managed) + s.command
		s.notes = append(s.notes, "There is no wsgi.py or asgi.py: the settings are those that manage.py names, "+p.managed)
		return c, s
	}
	s := f.serve(*door, door.framework.protocol)
	for _, other := range []*candidate{p.wsgi, p.asgi, {module: p.manage}} {
		if other == nil || other.module == nil {
			continue
		}
		settings, others := settingsOf(door.module), settingsOf(other.module)
		if settings != "" && others != "" && settings != others {
			s.notes = append(s.notes, fmt.Sprintf("%s names the settings %s, %s %s: the server uses the first",
				door.module.file, settings, path.Base(other.module.file), others))
			break
		}
	}
	for _, other := range p.doors {
		if p.asked == nil && other.framework == door.framework && settingsOf(other.module) != settingsOf(door.module) {
			s.notes = append(s.notes, f.notStarting(other))
		}
	}
	return *door, s
}

// door is the one that the server is told.
func (f *finder) door(p project) *candidate {
	if p.asked != nil {
		return p.asked
	}
	if p.asgi != nil && (p.wsgi == nil || f.wantsASGI(p)) {
		return p.asgi
	}
	return p.wsgi
}

// wantsASGI tells whether a project with both doors is made for the asynchronous one.
func (f *finder) wantsASGI(p project) bool {
	if !slices.ContainsFunc(asgiServers, func(s server) bool { return s.locked(f.packages) && s.name != "gunicorn" }) {
		return false
	}
	if f.packages.has("channels") || f.packages.has("uvicorn-worker") || strings.Contains(string(p.asgi.module.source), "ProtocolTypeRouter") {
		return true
	}
	if !slices.ContainsFunc(wsgiServers, func(s server) bool { return s.locked(f.packages) && s.name != "granian" && s.name != "hypercorn" }) {
		return true
	}
	for _, name := range []string{settingsOf(p.asgi.module), p.managed} {
		file := f.tree.find(p.asgi.module.root, name)
		if m := f.tree.module(file); m != nil && f.tree.lookup(m, nil, "ASGI_APPLICATION", 0).module != nil {
			return true
		}
	}
	return false
}

// sameSettings makes a program of a project use the settings that its server uses, where its own file names others: those for
// development, as a rule.
func (f *finder) sameSettings(m *module) string {
	own := settingsOf(m)
	if own == "" {
		return ""
	}
	if door := f.door(f.djangoProject(m.root)); door != nil {
		if served := settingsOf(door.module); served != "" && served != own {
			return withSettings(served)
		}
	}
	return ""
}

// withSettings names settings as wsgi.py does: those of the environment come first.
func withSettings(name string) string {
	return "DJANGO_SETTINGS_MODULE=${DJANGO_SETTINGS_MODULE:-" + name + "} "
}

// migrate is the one-off command that brings the database up to date.
func (f *finder) migrate() string {
	for _, m := range f.modules {
		if !isManage(m) || !f.packages.has("django") {
			continue
		}
		c := candidate{module: m}
		return environment(c) + f.sameSettings(m) + "python " + within(c) + " migrate --no-input"
	}
	if !f.packages.has("alembic") {
		return ""
	}
	for _, name := range f.tree.others {
		if path.Base(name) != "alembic.ini" {
			continue
		}
		dir, command := path.Dir(name), "alembic upgrade head"
		if src := path.Join(dir, "src"); slices.ContainsFunc(f.modules, func(m *module) bool { return m.root == src }) {
			command = "PYTHONPATH=src " + command // its env.py imports the app
		}
		if dir != "." {
			command = "env --chdir=" + dir + " " + command
		}
		return command
	}
	return ""
}
