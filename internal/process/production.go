package process

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/djangoenv"
)

// djangoServer gives the command that serves the project of the given manage.py.
func djangoServer(manage string, app fs.FS) string {
	root := "."
	if strings.HasSuffix(manage, "manage.py") && fs.ValidPath(path.Clean(manage)) {
		root = path.Dir(path.Clean(manage))
	}
	if module := entryModule(app, root, "wsgi.py"); module != "" {
		return "gunicorn " + option("--chdir", root) + module + " --bind 0.0.0.0:$PORT"
	}
	if module := entryModule(app, root, "asgi.py"); module != "" {
		return "uvicorn " + option("--app-dir", root) + module + ":application --host 0.0.0.0 --port $PORT"
	}
	if settings := settingsOf(app, root); settings != "" {
		return "env DJANGO_SETTINGS_MODULE=" + settings + " gunicorn " + option("--chdir", root) +
			"'django.core.wsgi:get_wsgi_application()' --bind 0.0.0.0:$PORT"
	}
	return "gunicorn " + option("--chdir", root) + "mysite.wsgi --bind 0.0.0.0:$PORT"
}

func option(name, dir string) string {
	if dir == "." {
		return ""
	}
	return name + " " + dir + " "
}

// entryModule finds wsgi.py or asgi.py in the project's packages. Of several, it is the one that stands nearest to the
// settings that manage.py names, then the one that is least deep.
func entryModule(app fs.FS, root, file string) string {
	var found []string
	for _, pattern := range []string{"*/", "*/*/"} {
		matches, err := fs.Glob(app, path.Join(root, pattern+file))
		if err != nil {
			continue
		}
		found = append(found, slices.DeleteFunc(matches, hidden)...)
	}
	settings, best := settingsOf(app, root), ""
	for _, name := range found {
		module := moduleName(strings.TrimPrefix(name, strings.TrimSuffix(root, ".")+"/"))
		if best == "" || common(module, settings) > common(best, settings) {
			best = module
		}
	}
	return best
}

// settingsOf is the settings module that manage.py names, or nothing.
func settingsOf(app fs.FS, root string) string {
	data, err := fs.ReadFile(app, path.Join(root, "manage.py"))
	if err != nil {
		return ""
	}
	name, _ := djangoenv.Settings(data)
	return name
}

// hidden tells the directories that hold the packages of others.
func hidden(name string) bool {
	for dir := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(dir, ".") || dir == "venv" || dir == "env" || dir == "node_modules" {
			return true
		}
	}
	return false
}

// common is the number of packages in front of both modules.
func common(a, b string) int {
	n := 0
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for n < min(len(left), len(right)) && left[n] == right[n] {
		n++
	}
	return n
}

func moduleName(file string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(file, "/"), ".py"), "/", ".")
}

// flaskServer gives the command that serves what flask would: the app that --app or FLASK_APP names, else wsgi.py or
// app.py.
func flaskServer(v invocation, app fs.FS) string {
	target := v.environment["FLASK_APP"]
	for i, arg := range v.args[v.name+1:] {
		name, value, hasValue := strings.Cut(arg, "=")
		if name != "--app" && name != "-A" {
			continue
		}
		if next := v.name + 2 + i; !hasValue && next < len(v.args) {
			value = v.args[next]
		}
		target = value
	}
	if target == "" {
		target = "app"
		if _, err := fs.Stat(app, "wsgi.py"); err == nil {
			target = "wsgi"
		}
	}
	return "gunicorn " + flaskApp(target, app) + " --bind 0.0.0.0:$PORT"
}

// flaskApp turns flask's way of naming an app into gunicorn's, which wants a module and an object.
func flaskApp(target string, app fs.FS) string {
	module, object, _ := strings.Cut(target, ":")
	module = moduleName(path.Clean(module))
	if object == "" {
		object = flaskObject(module, app)
	}
	if slices.Contains([]string{"create_app", "make_app"}, object) {
		object += "()"
	}
	if strings.ContainsAny(object, "()'\" ") {
		return `"` + module + ":" + strings.ReplaceAll(object, `"`, `'`) + `"`
	}
	return module + ":" + object
}

var flaskObjects = regexp.MustCompile(`(?m)^(?:(app|application)\s*[:=]|def (create_app|make_app)\()`)

// flaskObject looks for the names that flask itself looks for.
func flaskObject(module string, app fs.FS) string {
	file := strings.ReplaceAll(module, ".", "/")
	for _, name := range []string{file + ".py", file + "/__init__.py"} {
		data, err := fs.ReadFile(app, name)
		if err != nil {
			continue
		}
		match := flaskObjects.FindSubmatch(data)
		if match != nil {
			return string(match[1]) + string(match[2])
		}
	}
	return "app"
}
