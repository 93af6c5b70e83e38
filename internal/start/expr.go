package start

import "strings"

// expr is an expression as far as an app object can hide in one: a dotted name, a call of one, and what follows the call, as
// in FastMCP("x").http_app().
type expr struct {
	name   string // dotted; empty for anything else
	key    string // the string in brackets behind the name
	call   bool
	args   []argument
	then   string // dotted, after the call
	called bool   // then is called
	line   int
}

// argument is one of a call.
type argument struct {
	name   string // of a keyword argument
	tokens []token
}

func (a argument) expr() expr { return readExpr(a.tokens) }

// text is the argument's value if it is one plain string.
func (a argument) text() (string, bool) {
	if len(a.tokens) == 1 && a.tokens[0].kind == 's' {
		return a.tokens[0].text, true
	}
	return "", false
}

// keyword gives the argument of that name.
func (e expr) keyword(name string) (argument, bool) {
	for _, a := range e.args {
		if a.name == name {
			return a, true
		}
	}
	return argument{}, false
}

// readExpr reads what the tokens begin with; of "a if b else c" and "a or b" that is a.
func readExpr(tokens []token) expr {
	for len(tokens) > 0 && tokens[0].is("await") {
		tokens = tokens[1:]
	}
	if len(tokens) > 1 && tokens[0].is("(") && matching(tokens, 0) > 1 {
		return readExpr(tokens[1:matching(tokens, 0)])
	}
	name, n := dotted(tokens)
	if name == "" {
		return expr{}
	}
	e := expr{name: name, line: tokens[0].line}
	if n+1 < len(tokens) && tokens[n].is("[") { // Celery[Task]("shop")
		if tokens[n+1].kind == 's' {
			e.key = tokens[n+1].text
		}
		n = matching(tokens, n) + 1
	}
	if n >= len(tokens) || !tokens[n].is("(") {
		return e
	}
	end := matching(tokens, n)
	e.call, e.args = true, arguments(tokens[n+1:end])
	if end+1 < len(tokens) && tokens[end+1].is(".") {
		rest := tokens[end+2:]
		e.then, n = dotted(rest)
		e.called = n < len(rest) && rest[n].is("(")
	}
	return e
}

func (t token) is(text string) bool { return t.kind != 's' && t.text == text }

// dotted reads a.b.c and gives how many tokens that took.
func dotted(tokens []token) (string, int) {
	var parts []string
	n := 0
	for n < len(tokens) && tokens[n].kind == 'n' && !keywords[tokens[n].text] {
		parts = append(parts, tokens[n].text)
		n++
		if n+1 >= len(tokens) || !tokens[n].is(".") || tokens[n+1].kind != 'n' {
			break
		}
		n++
	}
	return strings.Join(parts, "."), n
}

var keywords = set(`and as assert async await break class continue def del elif else except finally for from global if import
	in is lambda nonlocal not or pass raise return try while with yield None True False`)

// matching is the index of the bracket that closes the one at the index; the last one's if there is none.
func matching(tokens []token, at int) int {
	depth := 0
	for i := at; i < len(tokens); i++ {
		switch {
		case tokens[i].kind != 'o':
		case closing[tokens[i].text] != "":
			depth++
		case strings.Contains(")]}", tokens[i].text):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(tokens) - 1
}

// split cuts the tokens where the separator stands outside of brackets.
func split(tokens []token, separator string) [][]token {
	var parts [][]token
	from := 0
	for i := 0; i < len(tokens); i++ {
		if tokens[i].kind == 'o' && closing[tokens[i].text] != "" {
			i = max(i, matching(tokens, i))
			continue
		}
		if tokens[i].kind == 'o' && tokens[i].text == separator {
			parts = append(parts, tokens[from:i])
			from = i + 1
		}
	}
	return append(parts, tokens[from:])
}

func arguments(tokens []token) []argument {
	var list []argument
	for _, part := range split(tokens, ",") {
		switch {
		case len(part) == 0:
		case len(part) > 2 && part[0].kind == 'n' && part[1].is("="):
			list = append(list, argument{part[0].text, part[2:]})
		default:
			list = append(list, argument{"", part})
		}
	}
	return list
}
