package decode

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What tools write is plain: tables and lists of them, keys of one part, strings of one line, whole numbers, times in UTC. The
// library takes ten times as long for that as what follows: it notes the position of each key for its messages. For a lock of 1,000
// packages that was most of a build's own work. So plain documents are read here, and a document with anything else in it (dotted
// keys, strings of several lines, floats, a table that others implied before, each and every mistake) is left to the library as a
// whole. What is read here has to be what the library reads: FuzzTOML compares them.

// parsePlain gives a document's tables as the library does: map[string]any, []map[string]any for [[tables]], []any for arrays,
// string, int64, bool, time.Time. It is not ok for what is not plain.
func parsePlain(data []byte) (root map[string]any, ok bool) {
	if !utf8.Valid(data) {
		return nil, false
	}
	p := plain{text: string(data)}
	top := newHeader()
	current := top
	for p.skip(); p.at < len(p.text); p.skip() {
		if p.text[p.at] != '[' {
			ok = p.pair(current.table)
		} else {
			current, ok = p.header(top)
		}
		if !ok || !p.endOfLine() {
			return nil, false
		}
	}
	return top.table, true
}

// header is a table that is written as [one], or lies above such, with those below it.
type header struct {
	table map[string]any
	below map[string]*header
}

func newHeader() *header { return &header{table: map[string]any{}, below: map[string]*header{}} }

// plain is where reading has come to.
type plain struct {
	text  string
	at    int
	depth int
}

// take passes over one character if it comes next.
func (p *plain) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *plain) blanks() {
	for p.take(' ') || p.take('\t') {
	}
}

// endOfLine passes over what may follow on the line, up to its end; not ok when something else follows.
func (p *plain) endOfLine() bool {
	p.blanks()
	if p.take('#') {
		for p.at < len(p.text) && (p.text[p.at] >= ' ' || p.text[p.at] == '\t') && p.text[p.at] != 0x7f {
			p.at++
		}
	}
	p.take('\r')
	return p.take('\n') || p.at == len(p.text) && !strings.HasSuffix(p.text, "\r")
}

// skip passes over blanks, comments and ends of lines.
func (p *plain) skip() {
	for before := -1; before < p.at && p.at < len(p.text); {
		before = p.at
		if !p.endOfLine() {
			p.at = before
			p.blanks()
			return
		}
	}
}

// header reads [a.b] or [[a.b]], and gives the table that what follows belongs to.
func (p *plain) header(at *header) (*header, bool) {
	p.take('[')
	list := p.take('[')
	for range deepest {
		p.blanks()
		key, ok := p.key()
		if !ok {
			return nil, false
		}
		p.blanks()
		if p.take('.') {
			if at, ok = at.through(key); !ok {
				return nil, false
			}
			continue
		}
		if !p.take(']') || list && !p.take(']') {
			return nil, false
		}
		return at.define(key, list)
	}
	return nil, false
}

// through is the table of a name on the way to another one: a known one, of several the last one, or one that is implied.
func (h *header) through(key string) (*header, bool) {
	if known := h.below[key]; known != nil {
		return known, true
	}
	return h.define(key, false)
}

// define makes a table, or adds one to a list of tables.
func (h *header) define(key string, list bool) (*header, bool) {
	made := newHeader()
	known, there := h.table[key]
	tables, isList := known.([]map[string]any)
	switch {
	case there && (!list || !isList):
		return nil, false
	case list:
		h.table[key] = append(tables, made.table)
	default:
		h.table[key] = made.table
	}
	h.below[key] = made
	return made, true
}

// pair reads key = value into a table.
func (p *plain) pair(table map[string]any) bool {
	key, ok := p.key()
	if _, there := table[key]; there || !ok {
		return false
	}
	p.blanks()
	if !p.take('=') {
		return false
	}
	p.blanks()
	table[key], ok = p.value()
	return ok
}

func (p *plain) key() (string, bool) {
	start := p.at
	for p.at < len(p.text) && isBare(p.text[p.at]) {
		p.at++
	}
	if p.at > start {
		return p.text[start:p.at], true
	}
	key, ok := p.str()
	return key, ok && key != ""
}

func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c >= 'A' && c <= 'Z'
}

func (p *plain) value() (any, bool) {
	if p.at == len(p.text) || p.depth > deepest {
		return nil, false
	}
	switch p.text[p.at] {
	case '"', '\'':
		return p.str()
	case '[':
		return p.array()
	case '{':
		return p.inline()
	}
	return p.word()
}

func (p *plain) array() (any, bool) {
	p.depth++
	defer func() { p.depth-- }()
	list := make([]any, 0, 2)
	p.take('[')
	for p.skip(); !p.take(']'); p.skip() {
		value, ok := p.value()
		if !ok {
			return nil, false
		}
		list = append(list, value)
		if p.skip(); p.take(',') {
			continue
		}
		return list, p.take(']')
	}
	return list, true
}

func (p *plain) inline() (any, bool) {
	p.depth++
	defer func() { p.depth-- }()
	table := map[string]any{}
	p.take('{')
	if p.blanks(); p.take('}') {
		return table, true
	}
	for {
		if p.blanks(); !p.pair(table) {
			return nil, false
		}
		if p.blanks(); !p.take(',') {
			return table, p.take('}')
		}
	}
}

// str reads a string of one line.
func (p *plain) str() (string, bool) {
	if p.at == len(p.text) {
		return "", false
	}
	quote, start := p.text[p.at], p.at+1
	if quote != '"' && quote != '\'' || strings.HasPrefix(p.text[start:], p.text[start-1:start]+p.text[start-1:start]) {
		return "", false
	}
	escaped := false
	for i := start; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == quote:
			p.at = i + 1
			if escaped {
				return unescaped(p.text[start:i])
			}
			return p.text[start:i], true
		case c == '\\' && quote == '"':
			escaped = true
			i++
		case c < ' ' && c != '\t' || c == 0x7f:
			return "", false
		}
	}
	return "", false
}

func unescaped(text string) (string, bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		switch after[0] {
		case '"', '\\':
			b.WriteByte(after[0])
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		default:
			return "", false
		}
		text = after[1:]
	}
}

// word reads a truth value, a whole number or a time.
func (p *plain) word() (any, bool) {
	start := p.at
	for p.at < len(p.text) && (isBare(p.text[p.at]) || strings.IndexByte("+.:", p.text[p.at]) >= 0) {
		p.at++
	}
	switch word := p.text[start:p.at]; {
	case word == "true" || word == "false":
		return word == "true", true
	case len(word) == 0 || len(word) > 1 && word[0] == '0' || strings.Trim(word, "0123456789") != "" || len(word) > 18:
		return utc(word)
	default:
		number, err := strconv.ParseInt(word, 10, 64)
		return number, err == nil
	}
}

// utc reads 2026-01-31T12:00:00.000Z.
func utc(word string) (any, bool) {
	const form = "0000-00-00T00:00:00"
	for i := range word {
		digit := word[i] >= '0' && word[i] <= '9'
		if i < len(form) && digit != (form[i] == '0') || i > len(form) && i < len(word)-1 && !digit {
			return nil, false
		}
	}
	t, err := time.Parse(time.RFC3339Nano, word)
	return t, err == nil && strings.HasSuffix(word, "Z")
}
