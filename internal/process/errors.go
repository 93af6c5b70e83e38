package process

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/lockstep/python/internal/failure"
)

// exampleLine works for many apps; it is shown where the app's own line cannot be told.
const exampleLine = "web: gunicorn main:app --bind 0.0.0.0:$PORT"

func noColon(e entry, known []entry) error {
	line := freeType(known) + ": " + e.text + orDelete
	if validType(e.text) {
		line = e.text + strings.TrimPrefix(exampleLine, "web")
	}
	if corrected, ok := assigned(e.text); ok {
		line = corrected
	}
	return &failure.Error{
		What:  fmt.Sprintf("The line %q has no colon between a process type and its command.", e.text),
		Where: where(e.line),
		Fix:   "write " + line,
	}
}

// orDelete is for a line that only a shell would have understood: others may have skipped it.
const orDelete = "\nor delete the line"

func badType(e entry, known []entry) error {
	what := fmt.Sprintf("%q is not a process type: it may have letters, digits, '.', '_' and '-'.", e.kind)
	switch {
	case e.kind == "":
		what = "The process type before the colon is missing."
	case utf8.RuneCountInString(e.kind) > maxType:
		what = fmt.Sprintf("The process type %q is longer than %d characters.", e.kind, maxType)
	}
	return &failure.Error{What: what, Where: where(e.line), Fix: "write " + withType(e, known)}
}

// isCommand tells what looks like a command with a colon of its own, such as gunicorn main:app.
func isCommand(e entry) bool {
	return strings.ContainsAny(e.kind, " \t$") || strings.HasPrefix(e.kind, "./") || strings.HasPrefix(e.kind, "/")
}

// withType is the entry's line with a type that is valid.
func withType(e entry, known []entry) string {
	if line, ok := assigned(e.text); ok {
		return line
	}
	if line, err := strconv.Unquote(e.text); err == nil && !isCommand(e) {
		return line // all of it is in quotes
	}
	if isCommand(e) {
		return freeType(known) + ": " + e.text + orDelete
	}
	command := e.command
	if command == "" {
		_, command, _ = strings.Cut(exampleLine, ": ")
	}
	name := validName(e.kind)
	if !validType(name) || taken(name, known) {
		name = freeType(known)
	}
	return name + ": " + command
}

// usual are the process types that most Procfiles have.
var usual = []string{"web", "worker", "release", "beat", "clock", "scheduler"}

// assigned corrects a line that has an equals sign where the colon belongs, or nothing after a usual type.
func assigned(line string) (string, bool) {
	kind, command, found := strings.Cut(line, " = ")
	if found && validType(kind) {
		return kind + ": " + command, true
	}
	kind, command, found = strings.Cut(line, " ")
	return kind + ": " + strings.TrimSpace(command), found && slices.Contains(usual, kind)
}

// validName is the nearest valid type, if there is one.
func validName(kind string) string {
	name := strings.Map(func(r rune) rune {
		if typeRune(r) {
			return r
		}
		return '-'
	}, kind)
	return strings.Trim(name[:min(len(name), maxType)], "-")
}

// freeType is a type that no other line has.
func freeType(known []entry) string {
	name := "web"
	for i := 1; taken(name, known); i++ {
		name = "worker"
		if i > 1 {
			name = fmt.Sprintf("worker%d", i)
		}
	}
	return name
}

func taken(kind string, known []entry) bool {
	return slices.ContainsFunc(known, func(e entry) bool { return e.kind == kind })
}

func duplicate(first, second entry) error {
	return &failure.Error{
		What:  fmt.Sprintf("The process type %s is declared twice.", second.kind),
		Where: fmt.Sprintf("Procfile, lines %d and %d", first.line, second.line),
		Fix:   fmt.Sprintf("delete one of the lines, or rename one, e.g. line %d: %s2: %s", second.line, second.kind, second.command),
	}
}

func noCommand(e entry) error {
	line := e.kind + ": python main.py"
	if e.kind == "web" {
		line = exampleLine
	}
	return &failure.Error{
		What:  fmt.Sprintf("The process type %s has no command.", e.kind),
		Where: where(e.line),
		Fix:   "write the command, e.g. " + line + "\nor delete the line",
	}
}

func continuation(e entry, following []string) error {
	line := e.text
	for _, next := range following {
		line = strings.TrimRight(strings.TrimSuffix(line, `\`), " \t") + " " + strings.TrimSpace(next)
		if !continued(line) {
			break
		}
	}
	line = strings.TrimRight(line, `\ `)
	return &failure.Error{
		What:  "The line ends in a backslash, but a command cannot go on in the next line of a Procfile.",
		Where: where(e.line),
		Fix:   "write one line: " + line,
	}
}

// notText shows the line as it reads in Latin-1, which is what most such files are.
func notText(number int, line []byte) error {
	what := "The Procfile is not UTF-8 text."
	if bytes.IndexByte(line, 0) >= 0 {
		what = "The Procfile has a NUL character, which no command can have."
	}
	var b strings.Builder
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		if r == utf8.RuneError && size == 1 {
			r = rune(line[0])
		}
		if r != 0 {
			b.WriteRune(r)
		}
		line = line[size:]
	}
	return &failure.Error{
		What:  what,
		Where: where(number),
		Fix:   "save the file as UTF-8; the line is perhaps to read: " + strings.TrimSpace(b.String()),
	}
}

// checkUTF16 finds what PowerShell's > and some editors of Windows write.
func checkUTF16(data []byte) error {
	little := bytes.HasPrefix(data, []byte("\xff\xfe"))
	if !little && !bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil
	}
	var units []uint16
	for pair := range slices.Chunk(data[2:len(data)-len(data)%2], 2) {
		low, high := pair[1], pair[0]
		if little {
			low, high = high, low
		}
		units = append(units, uint16(high)<<8|uint16(low))
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(utf16.Decode(units))), "\n")
	return &failure.Error{
		What:  "The Procfile is UTF-16 text, not UTF-8.",
		Where: where(1),
		Fix:   "save the file as UTF-8, in PowerShell: Set-Content -Encoding utf8 Procfile '" + strings.TrimSpace(line) + "'",
	}
}

func where(line int) string { return fmt.Sprintf("Procfile, line %d", line) }
