package process

import (
	"bytes"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// entry is a line of the Procfile that declares a process.
type entry struct {
	line    int
	text    string // the line itself
	kind    string
	command string
	column  int // where the command begins, in characters from 1
}

// ReadProcfile reads a Procfile: one "type: command" a line, with blank lines and lines that begin with # skipped. The
// processes come in the order of the file. The type web is the default; without it, a process that is the only one is.
//
// A command that a shell is not needed for becomes an argument list. The container's first process, which gets its signals, is a
// server that knows what to do with them; in front of any other program stands helper (the launch helper's path in the image), and
// in front of variables, too. Commands that need a shell are run by bash, under the helper. app is the app dir: it shows what a
// script or a server is given.
func ReadProcfile(data []byte, app fs.FS, helper string) ([]Process, []Warning, error) {
	entries, err := readEntries(data)
	if err != nil {
		return nil, nil, err
	}
	var list []Process
	var warnings []Warning
	for _, e := range entries {
		file, err := parse(e)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, newProcess(e, file, app, helper))
		warnings = append(warnings, developmentServers(e, file, app)...)
	}
	return list, append(warnings, chooseDefault(list)...), nil
}

func chooseDefault(list []Process) []Warning {
	for i := range list {
		if list[i].Type == "web" || len(list) == 1 {
			list[i].Default = true
			return nil
		}
	}
	if len(list) == 0 {
		return []Warning{{Text: "The Procfile declares no process; a line such as '" + exampleLine + "' does"}}
	}
	return []Warning{{Text: "The Procfile has no web process, so none is the default: " +
		"name one when you start the image, e.g. docker run --entrypoint " + list[0].Type}}
}

func readEntries(data []byte) ([]entry, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	var entries []entry
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		e := entry{line: i + 1, text: strings.TrimSpace(line)}
		if e.text == "" || e.text[0] == '#' {
			continue
		}
		if err := e.read(line, entries); err != nil {
			return nil, err
		}
		if continued(e.command) {
			return nil, continuation(e, lines[i+1:])
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// read fills in the rest of the entry; known are those that stand before it.
func (e *entry) read(line string, known []entry) error {
	kind, command, found := strings.Cut(e.text, ":")
	e.kind, e.command = strings.TrimSpace(kind), strings.TrimSpace(command)
	switch {
	case !found:
		return noColon(*e, known)
	case !validType(e.kind):
		return badType(*e, known)
	case e.command == "":
		return noCommand(*e)
	}
	for _, other := range known {
		if other.kind == e.kind {
			return duplicate(other, *e)
		}
	}
	colon := strings.Index(line, ":") + 1
	before := line[:colon+strings.Index(line[colon:], e.command)]
	e.column = utf8.RuneCountInString(before) + 1
	return nil
}

// decode wants UTF-8 text and forgives the byte order mark that some editors put in front.
func decode(data []byte) (string, error) {
	if err := checkUTF16(data); err != nil {
		return "", err
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return "", notText(i+1, line)
		}
	}
	return string(data), nil
}

// maxType is the longest type: it becomes a file name, and platforms use it as a label, which has this limit.
const maxType = 63

// validType follows the specification of launch.toml. A type of dots alone would be a directory, as it becomes the
// name of a link.
func validType(kind string) bool {
	return kind != "" && len(kind) <= maxType && strings.Trim(kind, ".") != "" &&
		strings.IndexFunc(kind, func(r rune) bool { return !typeRune(r) }) < 0
}

func typeRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r)
}

// continued tells whether the command ends in a backslash that is not escaped itself.
func continued(command string) bool {
	return (len(command)-len(strings.TrimRight(command, `\`)))%2 == 1
}
