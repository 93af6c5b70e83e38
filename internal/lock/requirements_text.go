package lock

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var codingComment = regexp.MustCompile(`^(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)`)

// DecodeText gives the text of a requirements file, or of a file like it, whose encoding pip takes from a byte order mark or from a
// comment in one of the first two lines (PEP 263), and which is UTF-8 otherwise. It gives false for bytes that are not what they
// should be.
func DecodeText(data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeUTF16(data[2:], binary.BigEndian)
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if m := codingComment.FindStringSubmatch(text); m != nil && latin(m[1]) {
		runes := make([]rune, 0, len(text))
		for _, b := range []byte(text) {
			runes = append(runes, rune(b))
		}
		return string(runes), true
	}
	return text, utf8.ValidString(text) && !strings.Contains(text, "\x00")
}

// latin tells whether an encoding is Latin-1, or differs from it in signs alone that only a comment has.
func latin(name string) bool {
	switch strings.NewReplacer("_", "-").Replace(strings.ToLower(name)) {
	case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "iso-8859-15", "iso8859-15", "cp1252", "windows-1252":
		return true
	}
	return false
}

func decodeUTF16(data []byte, order binary.ByteOrder) (string, bool) {
	if len(data)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	return text, !strings.Contains(text, "\x00")
}

type logicalLine struct {
	text   string
	number int // of its first physical line
}

var comment = regexp.MustCompile(`(^|\s)#.*$`)

// logicalLines joins continued lines, then takes comments off, as pip does.
func logicalLines(data string) []logicalLine {
	var out []logicalLine
	var text strings.Builder
	start := 0
	physical := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data), "\n")
	for i, line := range physical {
		if text.Len() == 0 {
			start = i + 1
		}
		isComment := strings.HasPrefix(strings.TrimSpace(line), "#")
		body, continued := strings.CutSuffix(line, `\`)
		if isComment {
			body = " " + line // the blank makes it a comment after any text
		}
		text.WriteString(body)
		if continued && !isComment && i+1 < len(physical) {
			continue
		}
		if joined := strings.TrimSpace(comment.ReplaceAllString(text.String(), "")); joined != "" {
			out = append(out, logicalLine{joined, start})
		}
		text.Reset()
	}
	return out
}

// words splits options as a shell does, for pip does so: quotes keep blanks together.
func words(text string) []string {
	var list []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, c := range text {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, open = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if open {
				list = append(list, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(c)
			open = true
		}
	}
	if open {
		list = append(list, word.String())
	}
	return list
}
