package process

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lockstep/python/internal/failure"
	"mvdan.cc/sh/v3/syntax"
)

// parse reads the entry's command as bash would.
func parse(e entry) (*syntax.File, error) {
	file, err := parseShell(e.command)
	if err != nil {
		return nil, badSyntax(e, err)
	}
	if len(file.Stmts) == 0 {
		return nil, noCommand(e)
	}
	return file, nil
}

func parseShell(command string) (*syntax.File, error) {
	return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(command), "")
}

func badSyntax(e entry, err error) error {
	text, at := err.Error(), 0
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		text, at = parse.Text, int(parse.Pos.Offset())
		if strings.HasPrefix(text, "LitWord") {
			// The parser's own name for it means nothing to the owner.
			text = "the } after a variable's name is missing"
		}
	case errors.As(err, &lang):
		text, at = "bash does not have "+lang.Feature, int(lang.Pos.Offset())
	}
	at = min(at, len(e.command))
	column := e.column + utf8.RuneCountInString(e.command[:at])
	fix := "put the command into a script of the app and write " + e.kind + ": bash start.sh"
	if command, ok := repair(e.command, at); ok {
		fix = "write " + e.kind + ": " + command
	}
	return &failure.Error{
		What:  "The command of " + e.kind + " is not valid shell syntax: " + text + ".",
		Where: fmt.Sprintf("%s, column %d", where(e.line), column),
		Fix:   fix,
		Err:   err,
	}
}

// repair tries what is most likely meant, one after the other, and gives the first command that is valid.
func repair(command string, at int) (string, bool) {
	if strings.HasPrefix(command[at:], "<<") {
		// The text of a here-document stands in the lines below, which a Procfile does not have.
		return "", false
	}
	before, after := command[:at], command[at:]
	for _, candidate := range []string{
		strings.TrimRight(command, "&|;<> "),
		strings.TrimLeft(command, "&|;<> "),
		withApostrophe(command, at),
		command + "'", command + `"`, command + ")", command + "}", command + "`", command + "; fi", command + "; done",
		strings.TrimRight(before, " ") + "} " + after,
		withQuotes(command, at),
	} {
		if file, err := parseShell(candidate); err == nil && len(file.Stmts) > 0 {
			return candidate, true
		}
	}
	return "", false
}

// withApostrophe escapes a quote within a word, which is an apostrophe rather than the beginning of a quotation.
func withApostrophe(command string, at int) string {
	if at == 0 || at == len(command) || command[at] != '\'' || strings.IndexByte(" =:", command[at-1]) >= 0 {
		return command
	}
	return command[:at] + `\` + command[at:]
}

// withQuotes puts the word whose bracket is at the offset in quotes, as app:create_app() needs them.
func withQuotes(command string, at int) string {
	if !strings.HasPrefix(command[at:], "(") {
		return command
	}
	from := strings.LastIndexByte(command[:at], ' ') + 1
	to := len(command)
	if n := strings.IndexByte(command[at:], ' '); n >= 0 {
		to = at + n
	}
	return command[:from] + "'" + command[from:to] + "'" + command[to:]
}
