package process

import (
	"strings"

	"github.com/lockstep/python/internal/expand"
	"mvdan.cc/sh/v3/syntax"
)

// word is one argument, or with split variables any number of them, as literal text and variables.
type word []expand.Part

// literal gives the text of a word without variables.
func (w word) literal() (string, bool) {
	text := ""
	for _, p := range w {
		if p.Name != "" {
			return "", false
		}
		text += p.Text
	}
	return text, true
}

// readWord reports false for a word whose meaning only a shell can tell.
func readWord(w *syntax.Word) (word, bool) {
	var parts word
	for _, part := range w.Parts {
		more, ok := readPart(part)
		if !ok {
			return nil, false
		}
		parts = append(parts, more...)
	}
	// A "" beside a variable that may vanish keeps the argument; the encoding has no sign for it.
	empty, splits := false, false
	for _, p := range parts {
		empty = empty || p == expand.Part{}
		splits = splits || p.Split
	}
	return parts, !(empty && splits)
}

func readPart(part syntax.WordPart) (word, bool) {
	switch part := part.(type) {
	case *syntax.Lit:
		text, ok := unquoted(part.Value)
		return word{{Text: text}}, ok
	case *syntax.SglQuoted:
		return word{{Text: part.Value}}, !part.Dollar
	case *syntax.DblQuoted:
		return readQuoted(part)
	case *syntax.ParamExp:
		p, ok := readVariable(part, onlyInQuotes)
		p.Split = true
		return word{p}, ok
	}
	return nil, false
}

func readQuoted(quoted *syntax.DblQuoted) (word, bool) {
	if len(quoted.Parts) == 0 {
		return word{{}}, !quoted.Dollar
	}
	var parts word
	for _, part := range quoted.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			parts = append(parts, expand.Part{Text: unescape(part.Value, "$`\"\\")})
		case *syntax.ParamExp:
			p, ok := readVariable(part, neverPlain)
			if !ok {
				return nil, false
			}
			parts = append(parts, p)
		default:
			return nil, false
		}
	}
	return parts, !quoted.Dollar
}

const (
	// neverPlain are characters that quote or expand even between double quotes.
	neverPlain = "\\\"'`$"
	// onlyInQuotes are all that mean something to a shell: file name patterns, braces and the home directory too.
	onlyInQuotes = neverPlain + "*?[]{}~"
)

// readVariable takes $NAME, ${NAME}, ${NAME:-default} and ${NAME-default}, with a default that has none of the
// special characters.
func readVariable(p *syntax.ParamExp, special string) (expand.Part, bool) {
	if p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Names != 0 {
		return expand.Part{}, false
	}
	name := p.Param.Value
	if !syntax.ValidName(name) || shellVariables[name] {
		return expand.Part{}, false
	}
	if p.Exp == nil {
		return expand.Part{Name: name}, true
	}
	if p.Exp.Op != syntax.DefaultUnset && p.Exp.Op != syntax.DefaultUnsetOrNull {
		return expand.Part{}, false
	}
	text := ""
	if p.Exp.Word != nil && len(p.Exp.Word.Parts) > 0 {
		lit, ok := p.Exp.Word.Parts[0].(*syntax.Lit)
		if !ok || len(p.Exp.Word.Parts) > 1 || strings.ContainsAny(lit.Value, special) {
			return expand.Part{}, false
		}
		text = lit.Value
	}
	return expand.Part{Name: name, Default: text, KeepEmpty: text != "" && p.Exp.Op == syntax.DefaultUnset}, true
}

// unquoted reads text without quotes around it. It reports false if the text has a pattern for file names, a brace
// expansion or a home directory, or a lone dollar sign: beside one, bash does not split variables.
func unquoted(raw string) (string, bool) {
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' {
			i++
			continue
		}
		if strings.IndexByte("*?[{~$", raw[i]) >= 0 {
			return "", false
		}
	}
	return unescape(raw, ""), true
}

// unescape takes away the backslashes before the given characters; before any, if none are given.
func unescape(raw, characters string) string {
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) && (characters == "" || strings.IndexByte(characters, raw[i+1]) >= 0) {
			i++
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}
