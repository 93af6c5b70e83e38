package start

import (
	"path"
	"slices"
	"strings"
)

// module is one source file of the app.
type module struct {
	file string // in the app dir
	root string // the directory that has to be on sys.path
	name string // dotted, from the root
	scope
	stars   []string // modules all of whose names are imported
	main    []*statement
	blocks  *expr // the call that keeps an import of it from coming to an end
	source  []byte
	invalid *syntaxError
}

// scope is what a module or a function binds at its own level.
type scope struct {
	names map[string][]binding
	order []string // the names as they first appear
	calls []expr   // the calls that statements are made of: app.mount("/", x)
	body  []*statement
}

// binding is one thing that a name may stand for.
type binding struct {
	line       int
	value      expr
	annotation expr
	part       int       // which of the values that a call returns, from 1; 0 for the value itself
	imported   string    // dotted, with the leading dots of a relative import
	function   *function // of a def
	bases      []expr    // of a class
	class      bool
}

// function is a def.
type function struct {
	async      bool
	parameters []string
	needs      bool // an argument that has no default
	returns    expr // the annotation
	decorators []expr
	body       []*statement
}

func newScope(body []*statement) scope {
	s := scope{names: map[string][]binding{}, body: body}
	return s
}

func (s *scope) bind(name string, b binding) {
	if s.names[name] == nil {
		s.order = append(s.order, name)
	}
	s.names[name] = append(s.names[name], b)
}

// readModule reads a file. One that cannot be read as Python says so in invalid and binds nothing.
func readModule(file string, source []byte) *module {
	m := &module{file: file, source: source}
	statements, err := readStatements(source)
	if err != nil {
		m.invalid = err
	}
	m.scope = newScope(statements)
	m.read(&m.scope, statements)
	return m
}

// isPackage tells an __init__.py.
func (m *module) isPackage() bool { return path.Base(m.file) == "__init__.py" }

// read binds what the statements bind; those below if, try, with and their kind count too, since one of the branches runs.
func (m *module) read(s *scope, statements []*statement) {
	var decorators []expr
	for _, one := range statements {
		if one.tokens[0].is("@") {
			decorators = append(decorators, readExpr(one.tokens[1:]))
			continue
		}
		m.readStatement(s, one, decorators)
		decorators = nil
	}
}

func (m *module) readStatement(s *scope, one *statement, decorators []expr) {
	tokens := one.tokens
	if tokens[0].is("async") && len(tokens) > 1 {
		tokens = tokens[1:]
	}
	word := tokens[0].text
	if tokens[0].kind != 'n' {
		word = ""
	}
	switch word {
	case "import":
		s.importNames(tokens[1:], one.line)
	case "from":
		m.fromImport(s, tokens[1:], one.line)
	case "def":
		s.define(tokens[1:], one, decorators)
	case "class":
		s.class(tokens[1:], one)
	case "if", "elif", "else", "try", "except", "finally", "with", "for", "while":
		if word == "if" && isMain(tokens) && s == &m.scope {
			m.main = append(m.main, one.body...)
			break
		}
		s.walrus(tokens)
		s.as(tokens)
		m.read(s, one.body)
	default:
		s.assign(tokens)
	}
}

// isMain recognizes if __name__ == "__main__" in its forms.
func isMain(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.is("__name__") })
}

// importNames reads what follows import: a.b, c as d.
func (s *scope) importNames(tokens []token, line int) {
	for _, part := range split(tokens, ",") {
		name, n := dotted(part)
		if name == "" {
			continue
		}
		if n+1 < len(part) && part[n].is("as") {
			s.bind(part[n+1].text, binding{line: line, imported: name})
			continue
		}
		top, _, _ := strings.Cut(name, ".")
		s.bind(top, binding{line: line, imported: top})
	}
}

// fromImport reads what follows from: .a import (b as c, d).
func (m *module) fromImport(s *scope, tokens []token, line int) {
	base := ""
	for len(tokens) > 0 && tokens[0].is(".") {
		base, tokens = base+".", tokens[1:]
	}
	if len(tokens) > 0 && !tokens[0].is("import") {
		name, n := dotted(tokens)
		base, tokens = base+name, tokens[n:]
	}
	if len(tokens) < 2 || !tokens[0].is("import") {
		return
	}
	tokens = tokens[1:]
	if tokens[0].is("*") {
		m.stars = append(m.stars, base)
		return
	}
	if tokens[0].is("(") {
		tokens = tokens[1:matching(tokens, 0)]
	}
	for _, part := range split(tokens, ",") {
		if len(part) == 0 {
			continue
		}
		imported := join(base, part[0].text)
		s.bind(part[len(part)-1].text, binding{line: line, imported: imported})
	}
}

// join puts a name behind a module; a relative base may be dots alone.
func join(base, name string) string {
	if base == "" || strings.HasSuffix(base, ".") {
		return base + name
	}
	return base + "." + name
}

func (s *scope) define(tokens []token, one *statement, decorators []expr) {
	if len(tokens) < 2 || !tokens[1].is("(") {
		return
	}
	end := matching(tokens, 1)
	f := &function{async: one.tokens[0].is("async"), decorators: decorators, body: one.body}
	for _, parameter := range split(tokens[2:end], ",") {
		if len(parameter) == 0 || parameter[0].is("/") {
			continue
		}
		if parameter[0].is("*") || parameter[0].is("**") {
			continue
		}
		f.parameters = append(f.parameters, parameter[0].text)
		f.needs = f.needs || !slices.ContainsFunc(parameter, func(t token) bool { return t.is("=") })
	}
	if end+2 < len(tokens) && tokens[end+1].is("->") {
		f.returns = annotation(tokens[end+2:])
	}
	s.bind(tokens[0].text, binding{line: one.line, function: f})
}

// annotation reads a type, which may stand in quotes.
func annotation(tokens []token) expr {
	if len(tokens) == 1 && tokens[0].kind == 's' {
		list, err := readStatements([]byte(tokens[0].text))
		if err != nil || len(list) != 1 {
			return expr{}
		}
		tokens = list[0].tokens
	}
	return readExpr(tokens)
}

func (s *scope) class(tokens []token, one *statement) {
	if len(tokens) == 0 {
		return
	}
	b := binding{line: one.line, class: true}
	if len(tokens) > 1 && tokens[1].is("(") {
		for _, a := range arguments(tokens[2:matching(tokens, 1)]) {
			if a.name == "" {
				b.bases = append(b.bases, a.expr())
			}
		}
	}
	s.bind(tokens[0].text, b)
}

// walrus finds name := value in a condition.
func (s *scope) walrus(tokens []token) {
	for i, t := range tokens {
		if t.is(":=") && i > 0 && tokens[i-1].kind == 'n' {
			s.bind(tokens[i-1].text, binding{line: t.line, value: readExpr(tokens[i+1:])})
		}
	}
}

// as binds what a with statement does: with f() as name.
func (s *scope) as(tokens []token) {
	for _, part := range split(tokens[1:], ",") {
		for i, t := range part {
			if t.is("as") && tokens[0].is("with") {
				s.unpack(part[i+1:], part[:i])
			}
		}
	}
}

// assign reads a = b = c, a: T = c, a, b = c and plain calls.
func (s *scope) assign(tokens []token) {
	parts := split(tokens, "=")
	if len(parts) == 1 {
		if e := readExpr(tokens); e.call {
			s.calls = append(s.calls, e)
		}
		s.walrus(tokens)
		return
	}
	value := parts[len(parts)-1]
	for _, target := range parts[:len(parts)-1] {
		if typed := split(target, ":"); len(typed) == 2 && len(typed[0]) == 1 {
			s.bind(target[0].text, binding{line: target[0].line, value: readExpr(value), annotation: annotation(typed[1])})
			continue
		}
		s.unpack(target, value)
		if len(target) == 1 && target[0].kind == 'n' {
			value = target // b = a, so that a = b = c is one thing with two names
		}
	}
}

// unpack binds a or a, b, with or without brackets.
func (s *scope) unpack(target, value []token) {
	for len(target) > 2 && (target[0].is("(") || target[0].is("[")) && matching(target, 0) == len(target)-1 {
		target = target[1 : len(target)-1]
	}
	names, values := split(target, ","), split(value, ",")
	for i, name := range names {
		if len(name) < len(target) && len(name) > 2 && (name[0].is("(") || name[0].is("[")) {
			s.unpack(name, nil)
		}
		if len(name) != 1 || name[0].kind != 'n' {
			continue
		}
		b := binding{line: name[0].line, value: readExpr(value)}
		switch {
		case len(names) == len(values):
			b.value = readExpr(values[i])
		case len(names) > 1:
			b.part = i + 1
		}
		s.bind(name[0].text, b)
	}
}
