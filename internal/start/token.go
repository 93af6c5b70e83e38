package start

import (
	"fmt"
	"strings"
)

// token is a piece of Python source. Comments, blank lines and the layout inside brackets are gone.
type token struct {
	kind byte   // 'n' a name, '0' a number, 's' a string, 'o' all else
	text string // of a string its content, as far as it is plain text
	line int
}

// syntaxError is what stands in the way of cutting a source into statements. Python itself sees more.
type syntaxError struct {
	line int
	text string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.text) }

// scanner cuts Python source into statements (https://docs.python.org/3/reference/lexical_analysis.html).
type scanner struct {
	text   string
	at     int
	line   int
	open   []token // brackets that are not closed yet
	tokens []token
	list   []*statement
	indent int
}

// readStatements gives the statements of a module as a tree.
func readStatements(source []byte) ([]*statement, *syntaxError) {
	text := strings.TrimPrefix(string(source), "\uFEFF")
	s := &scanner{text: text, line: 1}
	for s.at < len(s.text) {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	if len(s.open) > 0 {
		last := s.open[len(s.open)-1]
		return nil, &syntaxError{last.line, fmt.Sprintf("%q was never closed", last.text)}
	}
	s.end()
	return nest(s.list), nil
}

func (s *scanner) next() *syntaxError {
	c := s.text[s.at]
	switch {
	case c == '\n':
		if len(s.open) == 0 {
			s.end()
		}
		s.line++
		s.at++
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		s.at++
	case c == '#':
		s.at += length(s.text[s.at:], "\n")
	case c == '\\' && strings.HasPrefix(strings.TrimPrefix(s.text[s.at+1:], "\r"), "\n"):
		s.at += 1 + strings.IndexByte(s.text[s.at+1:], '\n') + 1
		s.line++
	case c == ';' && len(s.open) == 0:
		indent := s.indent
		s.end()
		s.indent = indent
		s.at++
	case c == '"' || c == '\'':
		return s.quoted("")
	case letter(c):
		return s.name()
	case '0' <= c && c <= '9':
		n := s.at
		for n < len(s.text) && (letter(s.text[n]) || '0' <= s.text[n] && s.text[n] <= '9' || s.text[n] == '.') {
			n++
		}
		s.add('0', s.text[s.at:n])
		s.at = n
	default:
		return s.operator()
	}
	return nil
}

// add puts a token to the statement; the first one tells its indentation.
func (s *scanner) add(kind byte, text string) {
	if len(s.tokens) == 0 && (len(s.list) == 0 || s.list[len(s.list)-1].line != s.line) {
		start := strings.LastIndexByte(s.text[:s.at], '\n') + 1
		s.indent = width(s.text[start:s.at])
	}
	s.tokens = append(s.tokens, token{kind, text, s.line})
}

// width is that of the blanks in front of a statement: a tab goes to the next multiple of eight.
func width(blanks string) int {
	n := 0
	for _, c := range blanks {
		if c == '\t' {
			n = n/8*8 + 8
		} else {
			n++
		}
	}
	return n
}

func (s *scanner) end() {
	if len(s.tokens) > 0 {
		s.list = append(s.list, &statement{line: s.tokens[0].line, indent: s.indent, tokens: s.tokens})
	}
	s.tokens = nil
}

func letter(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

func (s *scanner) name() *syntaxError {
	n := s.at
	for n < len(s.text) && (letter(s.text[n]) || '0' <= s.text[n] && s.text[n] <= '9') {
		n++
	}
	name := s.text[s.at:n]
	if n < len(s.text) && (s.text[n] == '"' || s.text[n] == '\'') && len(name) <= 2 && strings.Trim(strings.ToLower(name), "rbfut") == "" {
		return s.quoted(strings.ToLower(name))
	}
	s.add('n', name)
	s.at = n
	return nil
}

// quoted reads a string. What is in the braces of an f-string stays text: nothing in there names an app. A quote in there opens
// a string, but for one in a format such as {x:'^9}.
func (s *scanner) quoted(prefix string) *syntaxError {
	line := s.line
	if err := s.string(prefix, true); err == nil || !strings.ContainsAny(prefix, "ft") {
		return err
	}
	s.line = line
	return s.string(prefix, false)
}

func (s *scanner) string(prefix string, nested bool) *syntaxError {
	first := s.line
	begin := s.at + len(prefix)
	quote := s.text[begin : begin+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.text[begin:], triple) {
		quote = triple
	}
	i, depth := begin+len(quote), 0
	for ; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\' && i+1 < len(s.text) && (s.text[i+1] == '{' || s.text[i+1] == '}') && strings.ContainsAny(prefix, "ft"):
			// A backslash does not escape a brace.
		case c == '\\':
			i++
			if i < len(s.text) && s.text[i] == '\n' {
				s.line++
			}
		case c == '\n' && len(quote) == 1 && depth == 0:
			return &syntaxError{first, "a string is not closed"}
		case c == '\n':
			s.line++
		case nested && depth > 0 && (c == '"' || c == '\''):
			i += 1 + length(s.text[i+1:], string(c))
		case strings.ContainsAny(prefix, "ft") && (c == '{' || c == '}'):
			depth += braces(s.text[i:], depth, &i)
		case depth == 0 && strings.HasPrefix(s.text[i:], quote):
			s.addString(first, s.text[begin+len(quote):i])
			s.at = i + len(quote)
			return nil
		}
	}
	return &syntaxError{first, "a string is not closed"}
}

// braces tells how a brace of an f-string changes the depth; doubled ones are text.
func braces(text string, depth int, at *int) int {
	if depth == 0 && (strings.HasPrefix(text, "{{") || strings.HasPrefix(text, "}}")) {
		*at++
		return 0
	}
	if text[0] == '{' {
		return 1
	}
	return -min(depth, 1)
}

func (s *scanner) addString(line int, content string) {
	last := s.line
	s.line = line
	s.add('s', content)
	s.line = last
}

var closing = map[string]string{"(": ")", "[": "]", "{": "}"}

func (s *scanner) operator() *syntaxError {
	text := s.text[s.at : s.at+1]
	for _, long := range []string{":=", "->", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "|=", "&=", "%=", "@=", "**", "//"} {
		if strings.HasPrefix(s.text[s.at:], long) {
			text = long
		}
	}
	s.add('o', text)
	s.at += len(text)
	switch text {
	case "(", "[", "{":
		s.open = append(s.open, token{'o', text, s.line})
	case ")", "]", "}":
		if len(s.open) == 0 {
			return &syntaxError{s.line, fmt.Sprintf("%q closes nothing", text)}
		}
		last := s.open[len(s.open)-1]
		if closing[last.text] != text {
			return &syntaxError{s.line, fmt.Sprintf("%q does not close the %q of line %d", text, last.text, last.line)}
		}
		s.open = s.open[:len(s.open)-1]
	}
	return nil
}

// length is how far it is to the end mark, or to the end of the text.
func length(text, end string) int {
	if n := strings.Index(text, end); n >= 0 {
		return n
	}
	return len(text)
}

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(names) {
		m[name] = true
	}
	return m
}
