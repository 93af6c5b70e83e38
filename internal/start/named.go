package start

import (
	"path"
	"strings"
)

// named finds the app that the owner names: module:object, module:factory(), a module alone, or a file.
func (f *finder) named(name string, web []candidate) (candidate, error) {
	if c, ok := f.configuration(path.Clean(name)); ok {
		return c, nil
	}
	place, object, _ := strings.Cut(name, ":")
	file := place
	if strings.HasSuffix(place, ".py") {
		file = path.Clean(place)
	} else {
		file = f.moduleFile(place)
	}
	m := f.tree.module(file)
	if m == nil {
		return candidate{}, noModule(name, place, nearest(name, f.known(web)))
	}
	if !strings.HasSuffix(place, ".py") {
		m.name = place
		m.root = path.Clean(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(file, ".py"), "/__init__"), strings.ReplaceAll(place, ".", "/")))
	}
	wanted, called := strings.CutSuffix(object, "()")
	for _, c := range f.tree.inModule(m) {
		if object == "" && c.framework.protocol != worker || object != "" && c.name == wanted {
			return c, nil
		}
	}
	if object == "" {
		return candidate{}, noObject(name, "app", m, nearest(name, f.known(web)))
	}
	list := m.names[wanted]
	if len(list) == 0 {
		names := f.known(web)
		if len(names) == 0 {
			names = f.objects(m)
		}
		return candidate{}, noObject(name, wanted, m, nearest(name, names))
	}
	b := list[len(list)-1]
	c := candidate{module: m, name: wanted, factory: called || b.function != nil, line: b.line, framework: anyASGI, id: m.file + ":" + wanted}
	if b.function != nil {
		c.async = b.function.async
	}
	if f.onlyWSGI() {
		c.framework = anyWSGI
	}
	return c, nil
}

// moduleFile gives the file of a module, wherever it is imported from.
func (f *finder) moduleFile(name string) string {
	roots := append(f.tree.homes(), ".", "src")
	for _, m := range f.modules {
		roots = append(roots, m.root)
	}
	for _, root := range roots {
		if file := f.tree.find(root, name); file != "" {
			return file
		}
	}
	return ""
}

// known are the apps that can be named.
func (f *finder) known(web []candidate) []string {
	var list []string
	for _, c := range web {
		list = append(list, c.setting())
	}
	return list
}

// objects are all that a module binds by assigning, but for constants.
func (f *finder) objects(m *module) []string {
	var list []string
	for _, name := range m.order {
		if b := m.names[name][0]; b.imported == "" && !b.class && b.function == nil && name != strings.ToUpper(name) {
			list = append(list, m.name+":"+name)
		}
	}
	return list
}

// onlyWSGI tells the protocol of an app that the code does not show, by the frameworks there are.
func (f *finder) onlyWSGI() bool {
	synchronous := false
	for _, kind := range makers {
		name := distributions[strings.ToLower(kind.name)]
		if !f.packages.has(name) {
			continue
		}
		if kind.protocol == asgi && kind != channels {
			return false
		}
		synchronous = synchronous || kind.protocol == wsgi
	}
	return synchronous || f.packages.has("gunicorn") && !f.packages.has("uvicorn")
}
