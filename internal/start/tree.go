package start

import (
	"bytes"
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// tree is the app dir's Python source: which files there are, and the modules that had to be read so far.
type tree struct {
	app     fs.FS
	home    string          // the directory of the project that is the app
	files   map[string]bool // every .py file that may be part of the app
	others  []string        // files that tell about an app: alembic.ini, pyproject.toml, production.ini
	dirs    map[string]bool // directories with .py files somewhere below
	modules map[string]*module
	objects map[*binding]*object // what bindings gave that were looked at; nil also for those that are being looked at
}

// skipped are directories that hold no part of the running app.
var skipped = set(`node_modules site-packages __pycache__ __pypackages__ venv env tests test testing migrations versions docs doc examples
	example samples benchmarks bench build dist`)

// aside are directories of what helps to make the app, or comes from elsewhere: an app there is seldom the one.
var aside = set("scripts tools mock mocks notebooks demo sandbox playground vendor vendored _vendor third_party")

func (m *module) aside() bool {
	return slices.ContainsFunc(strings.Split(path.Dir(m.file), "/"), func(dir string) bool { return aside[dir] })
}

// conventional are the files where an app object is expected, the likeliest first.
var conventional = []string{"asgi.py", "wsgi.py", "main.py", "run.py", "index.py", "app.py", "application.py", "server.py"}

// usual are further files that are worth reading without a framework's name in them.
var usual = set("api.py web.py serve.py manage.py __main__.py tasks.py worker.py")

func readTree(app fs.FS) (*tree, []*module, error) {
	t := &tree{app: app, home: ".", files: map[string]bool{}, dirs: map[string]bool{}, modules: map[string]*module{}, objects: map[*binding]*object{}}
	err := fs.WalkDir(app, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name != ".":
			return fs.SkipDir // whoever cannot read it says so elsewhere
		case err != nil:
			return err
		case entry.IsDir():
			return t.directory(name)
		case strings.HasSuffix(name, ".py"):
			t.files[name] = true
			for dir := path.Dir(name); !t.dirs[dir]; dir = path.Dir(dir) {
				t.dirs[dir] = true
			}
		case slices.Contains([]string{"alembic.ini", "pyproject.toml"}, path.Base(name)) || strings.HasSuffix(name, ".ini"):
			t.others = append(t.others, name)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return t, t.promising(), nil
}

func (t *tree) directory(name string) error {
	base := path.Base(name)
	if name != "." && (strings.HasPrefix(base, ".") || skipped[base] || strings.HasSuffix(base, ".egg-info")) {
		return fs.SkipDir
	}
	if _, err := fs.Stat(t.app, path.Join(name, "pyvenv.cfg")); name != "." && err == nil {
		return fs.SkipDir
	}
	return nil
}

// promising reads the modules that may hold an app object: those in conventional places and in the root, and those that import
// a framework. Of a large repository that is a small part.
func (t *tree) promising() []*module {
	var list []*module
	for _, name := range sorted(t.files) {
		if isTest(name) {
			continue
		}
		data, err := fs.ReadFile(t.app, name)
		if err != nil {
			continue
		}
		base := path.Base(name)
		if !strings.Contains(name, "/") || slices.Contains(conventional, base) || usual[base] || importsFramework(data) {
			t.modules[name] = readModule(name, data)
			list = append(list, t.modules[name])
		}
	}
	for _, m := range list {
		m.root = t.root(m)
		m.name = dottedName(m.root, m.file)
	}
	return list
}

func isTest(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py") || base == "conftest.py" || base == "tests.py" ||
		base == "setup.py" || base == "noxfile.py" || base == "fabfile.py"
}

// importsFramework looks for a line that imports one of the frameworks, in a file that has a name that its apps are made with.
// Parsing comes later.
func importsFramework(data []byte) bool {
	whole := data
	for len(data) > 0 {
		line := data
		if n := bytes.IndexByte(data, '\n'); n >= 0 {
			line, data = data[:n], data[n+1:]
		} else {
			data = nil
		}
		line = bytes.TrimLeft(line, " \t")
		if rest, ok := bytes.CutPrefix(line, []byte("from ")); ok {
			line = rest
		} else if rest, ok := bytes.CutPrefix(line, []byte("import ")); ok {
			line = rest
		} else {
			continue
		}
		for _, name := range strings.Split(string(line), ",") {
			name = strings.TrimLeft(name, " ")
			if n := strings.IndexAny(name, " .;#\r\t"); n >= 0 {
				name = name[:n]
			}
			if distributions[name] != "" && mentions(whole, name) {
				return true
			}
		}
	}
	return false
}

// mentions tells whether a file has one of the names that make a framework's apps. Most files that import it do not.
func mentions(data []byte, framework string) bool {
	names := makerNames[framework]
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return bytes.Contains(data, []byte(name)) })
}

// module reads a file once.
func (t *tree) module(file string) *module {
	if m := t.modules[file]; m != nil || !t.files[file] {
		return m
	}
	data, err := fs.ReadFile(t.app, file)
	if err != nil {
		return nil
	}
	m := readModule(file, data)
	t.modules[file] = m
	m.root = t.root(m)
	m.name = dottedName(m.root, m.file)
	return m
}

// find gives the file of a dotted name below a root.
func (t *tree) find(root, name string) string {
	base := path.Join(root, strings.ReplaceAll(name, ".", "/"))
	for _, file := range []string{base + ".py", base + "/__init__.py"} {
		if t.files[path.Clean(file)] {
			return path.Clean(file)
		}
	}
	return ""
}

// root is the directory that a module is imported from: where Django's settings are found that it names, or above its outermost
// package. Where packages have no __init__.py, the module's imports of its neighbors tell; else it is the project's directory,
// or src in it.
func (t *tree) root(m *module) string {
	dir := path.Dir(m.file)
	if settings := settingsOf(m); settings != "" {
		for root := dir; ; root = path.Dir(root) {
			if t.find(root, settings) != "" {
				return root
			}
			if root == "." {
				break
			}
		}
	}
	for dir != "." && t.files[path.Join(dir, "__init__.py")] {
		dir = path.Dir(dir)
	}
	project := t.project(dir)
	best, most := "", 0
	for root := dir; ; root = path.Dir(root) {
		if n := t.resolvable(m, root); n > most {
			best, most = root, n
		}
		if root == "." {
			break
		}
	}
	if most > 0 {
		project = best
	}
	if !importable.MatchString(dottedName(project, m.file)) && importable.MatchString(dottedName(dir, m.file)) {
		return dir // backend-api for backend-api/main.py
	}
	return project
}

// project is the nearest directory from dir upwards that looks like a project's own, or src.
func (t *tree) project(dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		if path.Base(dir) == "src" {
			return dir
		}
		for _, name := range []string{"pyproject.toml", "setup.py", "requirements.txt", "manage.py", "Pipfile"} {
			if _, err := fs.Stat(t.app, path.Join(dir, name)); err == nil {
				return dir
			}
		}
	}
	return dir
}

// resolvable counts the module's absolute imports that lead to files of the app when the root is on sys.path. None leads to the module
// itself: in celery.py, celery is the package.
func (t *tree) resolvable(m *module, root string) int {
	n := 0
	for _, name := range m.order {
		for _, b := range m.names[name] {
			if b.imported == "" || strings.HasPrefix(b.imported, ".") {
				continue
			}
			parent := b.imported
			if i := strings.LastIndexByte(parent, '.'); i >= 0 {
				parent = parent[:i]
			}
			if file := cmp.Or(t.find(root, b.imported), t.find(root, parent)); file != "" && file != m.file || strings.Contains(b.imported, ".") && t.dirs[path.Join(root, strings.ReplaceAll(parent, ".", "/"))] {
				n++
			}
		}
	}
	return n
}

// dottedName is how a file is imported from the root.
func dottedName(root, file string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(file, strings.TrimSuffix(root+"/", "./")), ".py")
	name = strings.TrimSuffix(name, "/__init__")
	return strings.ReplaceAll(name, "/", ".")
}

// locate gives the file that an import in the module means, if it is one of the app.
func (t *tree) locate(m *module, name string) string {
	if relative := strings.TrimLeft(name, "."); relative != name {
		dir := m.file
		for range len(name) - len(relative) {
			dir = path.Dir(dir)
		}
		if relative == "" {
			return t.find(dir, "__init__")
		}
		return t.find(dir, relative)
	}
	for _, root := range []string{m.root, ".", "src"} {
		if file := t.find(root, name); file != "" {
			return file
		}
	}
	return ""
}

func sorted[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
