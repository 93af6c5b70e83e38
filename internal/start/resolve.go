package start

import (
	"slices"
	"strings"
)

// object is what an expression stands for, if that is an app.
type object struct {
	framework *framework
	id        string // of the object: two names of one object share it
	maker     string // the function of the app that makes it, as an id
}

// maxDepth ends chains of names that lead to each other.
const maxDepth = 20

// bound tells what a name of a module stands for.
func (t *tree) bound(m *module, name string, depth int) *object {
	return t.last(m, nil, name, m.names[name], depth)
}

// last is the app that the last binding to give one gives. In app = Middleware(app) the name means what it was before: a binding
// that is being looked at is passed over, and each is looked at once.
func (t *tree) last(m *module, inner *scope, name string, list []binding, depth int) *object {
	for i := len(list) - 1; i >= 0; i-- {
		b := &list[i]
		o, known := t.objects[b]
		if !known {
			t.objects[b] = nil
			o = t.binding(m, inner, name, *b, depth)
			t.objects[b] = o
		}
		if o != nil {
			return o
		}
	}
	return nil
}

func (t *tree) binding(m *module, inner *scope, name string, b binding, depth int) *object {
	if depth > maxDepth || b.class {
		return nil
	}
	if b.function != nil {
		return t.callable(m, name, b.function, depth)
	}
	if b.imported != "" {
		at := t.follow(m, b.imported, "", depth)
		if at.module == nil || at.name == "" || at.rest != "" {
			return nil
		}
		return t.bound(at.module, at.name, depth+1)
	}
	o := t.value(m, inner, b.value, name, depth)
	if o == nil && b.annotation.name != "" && b.value.call {
		if f := t.class(m, inner, b.annotation, depth); f != nil {
			o = &object{framework: f}
		}
	}
	if o == nil || b.part > 1 {
		return nil
	}
	if o.id == "" {
		o.id = m.file + ":" + name
	}
	return o
}

// callable is an app that is a function, which takes what servers hand over. One that calls another app is middleware around it.
func (t *tree) callable(m *module, name string, f *function, depth int) *object {
	o := &object{framework: anyWSGI}
	switch strings.Join(f.parameters, " ") {
	case "scope receive send":
		o.framework = anyASGI
	case "environ start_response":
	default:
		return nil
	}
	if !slices.Contains(objectNames, name) {
		return nil
	}
	inner := m.inside(f.body)
	for _, e := range append(inner.calls, returns(f.body)...) {
		if called := t.reference(m, &inner, e.name, depth+1); called != nil {
			o = wrapped(called)
			break
		}
	}
	if o.id == "" {
		o.id = m.file + ":" + name
	}
	return o
}

// value tells what an expression gives; a new object has no id yet.
func (t *tree) value(m *module, inner *scope, e expr, name string, depth int) *object {
	if e.name == "" || depth > maxDepth {
		return nil
	}
	if !e.call {
		if e.key == "celery" && strings.HasSuffix(e.name, ".extensions") {
			return &object{framework: celery} // where Flask's documentation keeps it
		}
		return t.reference(m, inner, e.name, depth)
	}
	at := t.lookup(m, inner, e.name, depth)
	switch {
	case at.outside != "":
		return t.made(m, inner, at.outside, e, name, depth)
	case at.module == nil:
		return t.method(m, inner, e, depth)
	}
	list := at.module.names[at.name]
	if len(list) == 0 {
		return t.method(m, inner, e, depth)
	}
	b := list[len(list)-1]
	switch {
	case b.function != nil && at.rest == "":
		f := t.returned(at.module, b.function, depth+1)
		if f == nil {
			return t.handed(m, inner, b.function, e, depth)
		}
		id := at.module.file + ":" + at.name + "()"
		return &object{framework: f, id: id, maker: id}
	case b.class && at.rest == "":
		if f := t.bases(at.module, b, depth+1); f != nil {
			return after(&object{framework: f}, e)
		}
		return nil
	}
	return t.method(m, inner, e, depth)
}

// handed is what a function gives back that takes an app and returns it.
func (t *tree) handed(m *module, inner *scope, f *function, e expr, depth int) *object {
	if len(f.parameters) == 0 || len(e.args) == 0 {
		return nil
	}
	for _, r := range returns(f.body) {
		if r.name == f.parameters[0] && !r.call {
			return t.value(m, inner, e.args[0].expr(), "", depth+1)
		}
	}
	return nil
}

// reference follows a name without a call: application = app, server = dash_app.server.
func (t *tree) reference(m *module, inner *scope, name string, depth int) *object {
	if inner != nil {
		first, rest, _ := strings.Cut(name, ".")
		if list := inner.names[first]; list != nil && rest == "" && list[len(list)-1].imported == "" {
			return t.last(m, inner, first, list, depth+1)
		}
	}
	at := t.lookup(m, inner, name, depth)
	if at.module == nil || at.name == "" {
		return nil
	}
	o := t.bound(at.module, at.name, depth+1)
	if o == nil || at.rest == "" || at.rest == "server" && o.framework == dash {
		return o
	}
	return nil
}

// made is what a call of something outside of the app gives.
func (t *tree) made(m *module, inner *scope, outside string, e expr, name string, depth int) *object {
	if f := maker(outside); f != nil {
		if f == dash {
			if server, ok := e.keyword("server"); ok {
				if o := t.value(m, inner, server.expr(), "", depth+1); o != nil {
					return &object{framework: dash, id: o.id} // the server is the app, Dash a part of it
				}
			}
		}
		if f == channels || f == django {
			return &object{framework: f, id: djangoID(m)} // asgi.py and wsgi.py are two doors of one app
		}
		return after(&object{framework: f}, e)
	}
	// Middleware around an app is an app, and so is whatever takes the app's name, or the name that servers look for.
	if len(e.args) > 0 {
		first := e.args[0].expr()
		_, last := cutLast(outside)
		if first.name != "" && (strings.Contains(last, "Middleware") || first.name == name && !first.call || name == "application" || last == "WhiteNoise") {
			if o := t.value(m, inner, first, "", depth+1); o != nil {
				return wrapped(o)
			}
		}
	}
	if strings.HasSuffix(outside, ".make_wsgi_app") {
		return &object{framework: pyramid}
	}
	return nil
}

// method is what a call of an object's method gives.
func (t *tree) method(m *module, inner *scope, e expr, depth int) *object {
	on, name := cutLast(e.name)
	if on == "" {
		return nil
	}
	if name == "make_wsgi_app" {
		return &object{framework: pyramid}
	}
	o := t.reference(m, inner, on, depth+1)
	if o == nil {
		return nil
	}
	return after(&object{framework: o.framework}, expr{then: name, called: true})
}

// after is what is left of an object when something follows the call that makes it.
func after(o *object, e expr) *object {
	switch {
	case e.then == "" || e.then == "server" && o.framework == dash:
		return o
	case e.called && (o.framework == mcp || o.framework == fastMCP) && strings.HasSuffix(e.then, "_app"):
		return &object{framework: starlette}
	case e.called && e.then == "queue" && o.framework == gradio:
		return o
	case e.called && strings.HasPrefix(e.then, "with_") && o.framework == taskiq:
		return o
	}
	return nil
}

// class tells which framework a class belongs to.
func (t *tree) class(m *module, inner *scope, e expr, depth int) *framework {
	if e.name == "" || e.call || depth > maxDepth {
		return nil
	}
	at := t.lookup(m, inner, e.name, depth)
	if at.outside != "" {
		return maker(at.outside)
	}
	if at.module == nil || at.rest != "" {
		return nil
	}
	for _, b := range at.module.names[at.name] {
		if b.class {
			return t.bases(at.module, b, depth+1)
		}
	}
	return nil
}

func (t *tree) bases(m *module, b binding, depth int) *framework {
	for _, base := range b.bases {
		if f := t.class(m, nil, base, depth+1); f != nil {
			return f
		}
	}
	return nil
}

// returned tells what a function of the app returns.
func (t *tree) returned(m *module, f *function, depth int) *framework {
	if depth > maxDepth {
		return nil
	}
	if found := t.class(m, nil, f.returns, depth); found != nil {
		return found
	}
	inner := m.inside(f.body)
	for _, e := range returns(f.body) {
		if o := t.value(m, &inner, e, "", depth+1); o != nil {
			return o.framework
		}
	}
	return nil
}

// inside is the scope of a function's body.
func (m *module) inside(body []*statement) scope {
	s := newScope(body)
	m.read(&s, body)
	return s
}

// returns are the values that a body gives back, those of functions inside it left out.
func returns(body []*statement) []expr {
	var list []expr
	for _, one := range body {
		if first := one.tokens[0]; first.is("return") {
			list = append(list, readExpr(one.tokens[1:]))
		} else if !first.is("def") && !first.is("class") && !first.is("async") {
			list = append(list, returns(one.body)...)
		}
	}
	return list
}

func djangoID(m *module) string { return "django in " + m.root }

// wrapped is an object with middleware around it: another one, but for Django, whose two doors stay one app.
func wrapped(o *object) *object {
	if o.framework == django || o.framework == channels {
		return o
	}
	return &object{framework: o.framework}
}
