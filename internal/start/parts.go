package start

import (
	"path"
	"strings"
)

// parts are the apps that are only a piece of another one: mounted in it, or with middleware around it.
func (t *tree) parts(modules []*module) map[string]bool {
	found := map[string]bool{}
	for _, m := range modules {
		for _, name := range m.order {
			for _, b := range m.names[name] {
				t.wrapped(m, name, b, found)
			}
		}
		t.mounted(m, m.body, found)
	}
	return found
}

// wrapped finds y in x = Middleware(y).
func (t *tree) wrapped(m *module, name string, b binding, found map[string]bool) {
	if b.function != nil {
		t.called(m, name, b.function, found)
	}
	if !b.value.call {
		return
	}
	outer := t.binding(m, nil, name, b, 0)
	if outer == nil || outer.framework.protocol == worker {
		return
	}
	on, _ := cutLast(b.value.name)
	parts := []expr{{name: on}} // app = mcp.http_app()
	for _, a := range b.value.args {
		parts = append(parts, a.expr())
	}
	for _, e := range parts {
		if e.name != name {
			if o := t.value(m, nil, e, "", 0); o != nil && o.id != "" && o.id != outer.id && o.framework.protocol != worker {
				found[o.id] = true
			}
		}
	}
}

// called finds the factories that another one calls.
func (t *tree) called(m *module, name string, f *function, found map[string]bool) {
	if t.returned(m, f, 0) == nil {
		return
	}
	inner := m.inside(f.body)
	for _, local := range inner.order {
		for _, b := range inner.names[local] {
			if o := t.value(m, &inner, b.value, "", 0); o != nil && o.maker != "" && o.maker != m.file+":"+name+"()" {
				found[o.maker] = true
			}
		}
	}
	for _, e := range returns(f.body) {
		if o := t.value(m, &inner, e, "", 0); o != nil && o.maker != "" {
			found[o.maker] = true
		}
	}
}

var mounts = set(`mount Mount add_route add_websocket_route add_subapp mount_gradio_app mount_chainlit DispatcherMiddleware ProtocolTypeRouter run_with
	register_page mount_app Page`)

// into are those whose first argument is what the others are mounted in.
var into = set("mount_gradio_app mount_chainlit DispatcherMiddleware run_with")

// mounted finds what is given to a call that mounts, anywhere in the module.
func (t *tree) mounted(m *module, statements []*statement, found map[string]bool) {
	for _, one := range statements {
		for i := 0; i+1 < len(one.tokens); i++ {
			if one.tokens[i].kind != 'n' || !mounts[one.tokens[i].text] || !one.tokens[i+1].is("(") {
				continue
			}
			from := i + 2
			if into[one.tokens[i].text] {
				for from < len(one.tokens)-1 && !one.tokens[from].is(",") {
					from++
				}
			}
			t.named(m, one.tokens[from:max(from, matching(one.tokens, i+1))], found)
		}
		t.mounted(m, one.body, found)
	}
}

// named finds the apps that tokens name; scripts are named by their files.
func (t *tree) named(m *module, tokens []token, found map[string]bool) {
	for i := 0; i < len(tokens); {
		if tokens[i].kind == 's' {
			for _, dir := range []string{path.Dir(m.file), m.root} {
				if file := path.Join(dir, tokens[i].text); t.files[file] && file != m.file {
					found[file] = true
				}
			}
		}
		name, n := dotted(tokens[i:])
		if name == "" || i+1 < len(tokens) && tokens[i+1].is("=") {
			i++ // no name, or that of an argument
			continue
		}
		for _, e := range []expr{readExpr(tokens[i:]), {name: name}, {name: strings.TrimSuffix(name, path.Ext(name))}} {
			if o := t.value(m, nil, e, "", 0); o != nil && o.id != "" && o.framework != django && o.framework != channels {
				found[o.id] = true
			}
		}
		i += n
	}
}
