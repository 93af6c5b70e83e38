// Package expand is the encoding in which a command with variables travels from the build to the container start:
// in goes one word of a command with its variables, out comes one string; at start the string and the environment
// give the arguments. A container image without a shell can so have $PORT in its command.
//
// An encoded word is literal text with these exceptions:
//
//	$$                the dollar sign
//	${NAME}           the variable's value as it is, or nothing: it stood in double quotes
//	${NAME:-default}  the default when NAME is unset or empty
//	${NAME-default}   the default when NAME is unset
//	$(NAME)           as ${NAME}, then split on blanks: it stood without quotes
//	$(NAME:-default)  likewise
//	$(NAME-default)   likewise
//
// A default is literal text in which $c is the character c; Encode writes it for the dollar sign and for the
// brackets. A dollar sign that begins none of these is literal. A word without $(…) is exactly one argument; one
// with it is as many as the split gives, none if there is nothing left.
//
// Two differences from bash are wanted. A value is never matched against file names, so that an option like
// --forwarded-allow-ips=* in a variable stays what it is. And a default is never expanded again.
package expand

import (
	"slices"
	"strings"
)

// Part is a piece of a word: a variable if it has a Name, else literal text.
type Part struct {
	Text      string // the literal text
	Name      string // the variable
	Default   string // taken when the variable is unset or empty
	KeepEmpty bool   // take the default only when it is unset
	Split     bool   // split the outcome on blanks
}

// Encode writes one word.
func Encode(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Name == "" {
			b.WriteString(strings.ReplaceAll(p.Text, "$", "$$"))
			continue
		}
		open, end := "${", "}"
		if p.Split {
			open, end = "$(", ")"
		}
		b.WriteString(open + p.Name)
		if p.Default != "" {
			b.WriteString(operator(p) + escape.Replace(p.Default))
		}
		b.WriteString(end)
	}
	return b.String()
}

// Decode reads one word: the inverse of Encode, but for neighboring literals, which become one.
func Decode(word string) []Part {
	var parts []Part
	literal := ""
	for word != "" {
		before, rest, found := strings.Cut(word, "$")
		literal += before
		if !found {
			break
		}
		part, after, ok := variable(rest)
		switch {
		case ok && literal != "":
			parts = append(parts, Part{Text: literal}, part)
			literal = ""
		case ok:
			parts = append(parts, part)
		default:
			literal += "$"
			after = strings.TrimPrefix(rest, "$")
		}
		word = after
	}
	if literal != "" {
		parts = append(parts, Part{Text: literal})
	}
	return parts
}

// End stands behind the last encoded word: what a user adds when the image is started comes after it and is taken as it is. No
// word is encoded like that.
const End = "$."

// Words gives the arguments that the encoded words stand for; lookup tells a variable's value and whether it is set.
func Words(encoded []string, lookup func(name string) (string, bool)) []string {
	var words []string
	for i, word := range encoded {
		if word == End {
			return append(words, encoded[i+1:]...)
		}
		words = append(words, fields(Decode(word), lookup)...)
	}
	return words
}

// blanks are those of the shell's default IFS, which it does not take from the environment.
const blanks = " \t\n"

var escape = strings.NewReplacer("$", "$$", "}", "$}", ")", "$)")

func operator(p Part) string {
	if p.KeepEmpty {
		return "-"
	}
	return ":-"
}

// variable reads what follows a dollar sign and gives what comes after it.
func variable(text string) (Part, string, bool) {
	part, end := Part{}, "}"
	switch {
	case strings.HasPrefix(text, "("):
		part.Split, end = true, ")"
	case !strings.HasPrefix(text, "{"):
		return Part{}, "", false
	}
	n := nameLength(text[1:])
	part.Name, text = text[1:1+n], text[1+n:]
	if rest, ok := strings.CutPrefix(text, end); ok {
		return part, rest, n > 0
	}
	rest, ok := strings.CutPrefix(text, ":-")
	if !ok {
		rest, ok = strings.CutPrefix(text, "-")
		part.KeepEmpty = true
	}
	if !ok || n == 0 {
		return Part{}, "", false
	}
	part.Default, rest, ok = untilEnd(rest, end[0])
	return part, rest, ok
}

// nameLength is the length of the variable name that text begins with. The regexp package would double the time that
// a container needs to get here.
func nameLength(text string) int {
	for i := range len(text) {
		c := text[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || '9' < c) {
			return i
		}
	}
	return len(text)
}

func untilEnd(text string, end byte) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == end:
			return b.String(), text[i+1:], true
		case text[i] == '$' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

// fields follows the shell: blanks in a split value end a field, all else joins the field it touches.
func fields(parts []Part, lookup func(string) (string, bool)) []string {
	var list []string
	field, started := "", false
	end := func() {
		if started {
			list = append(list, field)
		}
		field, started = "", false
	}
	for _, p := range parts {
		text := value(p, lookup)
		if !p.Split {
			field, started = field+text, true
			continue
		}
		for _, piece := range pieces(text) {
			if piece == " " {
				end()
				continue
			}
			field, started = field+piece, true
		}
	}
	end()
	if len(list) == 0 && !slices.ContainsFunc(parts, func(p Part) bool { return p.Split }) {
		return []string{""}
	}
	return list
}

// pieces cuts a value at its blanks: words, and one " " for each run of blanks.
func pieces(text string) []string {
	var list []string
	for text != "" {
		n := strings.IndexAny(text, blanks)
		switch n {
		case -1:
			return append(list, text)
		case 0:
			list, text = append(list, " "), strings.TrimLeft(text, blanks)
		default:
			list, text = append(list, text[:n]), text[n:]
		}
	}
	return list
}

func value(p Part, lookup func(string) (string, bool)) string {
	if p.Name == "" {
		return p.Text
	}
	text, set := lookup(p.Name)
	if !set || text == "" && !p.KeepEmpty {
		return p.Default
	}
	return text
}
