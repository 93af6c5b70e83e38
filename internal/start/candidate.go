package start

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// candidate is a name under which an app can be had.
type candidate struct {
	module    *module
	name      string // of the object or the factory; empty for a script
	factory   bool
	async     bool // the factory
	imported  bool // from the module that makes it
	line      int
	framework *framework
	id        string
	rank      int
}

// spec is how servers are told where the app is.
func (c candidate) spec() string {
	switch {
	case c.name == "":
		return c.module.file
	case c.factory:
		return c.module.name + ":" + c.name + "()"
	}
	return c.module.name + ":" + c.name
}

// setting is how an owner names the app: by its file where modules of several directories could have the name.
func (c candidate) setting() string {
	if _, object, ok := strings.Cut(c.spec(), ":"); ok && c.module.root != "." && c.module.root != "src" {
		return c.module.file + ":" + object
	}
	return c.spec()
}

func (c candidate) where() string { return fmt.Sprintf("%s, line %d", c.module.file, c.line) }

// collect gives the apps there are, each once under its best name, the best first, and the objects of task queues.
func (t *tree) collect(modules []*module) (web, queues []candidate) {
	groups := map[string]candidate{}
	parts := t.parts(modules)
	for _, m := range modules {
		m.blocks = t.blocks(m)
		for _, c := range t.inModule(m) {
			if parts[c.id] {
				continue
			}
			if best, ok := groups[c.id]; !ok || c.less(best) {
				groups[c.id] = c
			}
		}
	}
	for _, id := range sorted(groups) {
		if c := groups[id]; c.framework.protocol == worker {
			queues = append(queues, c)
		} else {
			web = append(web, c)
		}
	}
	sort.SliceStable(web, func(i, j int) bool { return web[i].rank < web[j].rank })
	return web, queues
}

// inModule gives what a module offers.
func (t *tree) inModule(m *module) []candidate {
	var list []candidate
	if c, ok := t.script(m); ok {
		list = append(list, c)
	}
	if !importable.MatchString(m.name) {
		return list
	}
	for _, name := range m.order {
		b := m.names[name][len(m.names[name])-1]
		if b.imported != "" && !slices.Contains(conventional, path.Base(m.file)) && !m.isPackage() {
			continue // a name for it that stands where nobody looks
		}
		c := candidate{module: m, name: name, line: b.line, imported: b.imported != ""}
		if o := t.bound(m, name, 0); o != nil {
			c.framework, c.id = o.framework, o.id
		} else if b.function != nil {
			c.framework, c.factory, c.async = t.makes(m, b.function), true, b.function.async
			c.id = m.file + ":" + name + "()"
		}
		if c.framework != nil && (!c.factory || c.framework.protocol != worker) {
			c.rank = t.rank(c)
			list = append(list, c)
		}
	}
	if isManage(m) {
		list = append(list, candidate{module: m, framework: django, id: djangoID(m), line: 1, rank: 2 + t.rank(candidate{module: m})})
	}
	return list
}

var importable = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*$`)

// makes is what a function gives that a server can call: one without arguments, and not a fixture or a route.
func (t *tree) makes(m *module, f *function) *framework {
	for _, d := range f.decorators {
		if !strings.Contains(d.name, "cache") {
			return nil
		}
	}
	made := t.returned(m, f, 0)
	if f.needs || f.async && made != aiohttp {
		return nil // only aiohttp's worker awaits a factory
	}
	return made
}

// blocks is the call of a module's own server that happens when the module is imported: importing it does not come to an end.
func (t *tree) blocks(m *module) *expr {
	for _, one := range m.body {
		e := readExpr(one.tokens)
		if _, serves := t.served(m, e); e.call && serves {
			return &e
		}
	}
	return nil
}

// served tells whether an expression names the start of a server, as app.run and uvicorn.run do, and for which app, if that is known.
func (t *tree) served(m *module, e expr) (app *object, serves bool) {
	on, last := cutLast(e.name)
	if last != "run" && last != "run_server" && last != "run_app" && last != "serve" {
		return nil, false
	}
	given := ownServers[t.lookup(m, nil, e.name, 0).outside]
	if given && len(e.args) > 0 {
		on = e.args[0].expr().name
	}
	app = t.reference(m, nil, on, 0)
	if app != nil && app.framework.protocol == worker {
		app = nil
	}
	return app, given || app != nil
}

// ownServers are functions that serve the app they are given.
var ownServers = set("uvicorn.run waitress.serve bottle.run aiohttp.web.run_app")

// objectNames are usual for apps.
var objectNames = []string{"app", "application", "api", "server", "mcp", "demo"}

// factoryNames are usual for functions that make apps.
var factoryNames = []string{"create_app", "make_app", "build_app", "get_app", "create_application", "app_factory", "create_api", "create_server"}

// rank orders apps; the lowest is the one to run, and two of the same cannot be told apart. The project in the app dir comes
// before those in directories of it, usual places and names before others, an object before a factory.
func (t *tree) rank(c candidate) int {
	n := 0
	if !slices.Contains(t.homes(), c.module.root) {
		n += 10
	}
	if c.module.aside() {
		n += 6
	}
	if !slices.Contains(conventional, path.Base(c.module.file)) && !c.module.isPackage() {
		n += 2
	}
	if c.name != "" && !slices.Contains(objectNames, c.name) && !slices.Contains(factoryNames, c.name) {
		n += 2
	}
	if c.factory {
		n++
	}
	return n
}

// less orders the names of one app.
func (c candidate) less(other candidate) bool {
	if (c.module.blocks == nil) != (other.module.blocks == nil) {
		return c.module.blocks == nil
	}
	if c.framework.protocol == worker && c.imported != other.imported {
		return other.imported // a worker has no need of the web app that imports the queue
	}
	if c.rank != other.rank {
		return c.rank < other.rank
	}
	a, b := c.order(), other.order()
	return slices.Compare(a[:], b[:]) < 0
}

func (c candidate) order() [4]int {
	first := 0
	if c.framework == dash && c.name != "server" {
		first = 1 // servers of old releases want the Flask app in it
	}
	place := slices.Index(conventional, path.Base(c.module.file))
	name := slices.Index(objectNames, c.name)
	if place < 0 {
		place = len(conventional)
	}
	if name < 0 {
		name = len(objectNames)
	}
	return [4]int{first, strings.Count(c.module.file, "/"), place, name}
}

// script recognizes files that a framework's own server runs as they are.
func (t *tree) script(m *module) (candidate, bool) {
	c := candidate{module: m}
	for _, name := range m.order {
		for _, b := range m.names[name] {
			first, _, _ := strings.Cut(b.imported, ".")
			if f := map[string]*framework{"streamlit": streamlit, "panel": panel, "nicegui": niceGUI, "chainlit": chainlit,
				"shiny": shiny}[first]; f != nil {
				c.framework, c.line = f, b.line
			}
		}
	}
	source := string(m.source)
	runs := false
	switch c.framework {
	case streamlit:
		runs = len(m.calls) > 0 || len(m.main) > 0 || strings.Contains(source, "\nst.")
		runs = runs && path.Base(path.Dir(m.file)) != "pages"
	case panel:
		runs = strings.Contains(source, ".servable(")
	case niceGUI:
		runs = strings.Contains(source, "ui.run(")
	case shiny:
		runs = strings.Contains(source, "shiny.express import")
	case chainlit:
		runs = t.decorated(m, "chainlit")
	}
	if !runs || t.imported(m) {
		return candidate{}, false
	}
	c.id = m.file
	c.rank = t.rank(c)
	if base := path.Base(m.file); strings.HasPrefix(base, "streamlit_") || base == "Home.py" {
		c.rank = max(0, c.rank-2)
	}
	return c, true
}

// decorated tells whether a function of the module has a decorator of the package.
func (t *tree) decorated(m *module, name string) bool {
	for _, list := range m.names {
		for _, b := range list {
			if b.function != nil && slices.ContainsFunc(b.function.decorators, func(d expr) bool {
				return strings.HasPrefix(t.lookup(m, nil, d.name, 0).outside, name+".")
			}) {
				return true
			}
		}
	}
	return false
}

// imported tells whether another module imports this one, which is then no script of its own.
func (t *tree) imported(m *module) bool {
	for _, file := range sorted(t.modules) {
		other := t.modules[file]
		for _, name := range other.order {
			for _, b := range other.names[name] {
				if b.imported == "" || other == m {
					continue
				}
				parent, _ := cutLast(b.imported)
				if t.locate(other, b.imported) == m.file || parent != "" && t.locate(other, parent) == m.file {
					return true
				}
			}
		}
	}
	return false
}

// cutLast splits a dotted name before its last part; before is empty if it is the only one.
func cutLast(name string) (before, last string) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:]
}
