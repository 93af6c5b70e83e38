package process

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/expand"
	"mvdan.cc/sh/v3/syntax"
)

// New makes a process of a command as a Procfile has them.
func New(kind, command string, app fs.FS, helper string) (Process, error) {
	e := entry{kind: kind, command: command, text: kind + ": " + command}
	file, err := parse(e)
	if err != nil {
		return Process{}, err
	}
	return newProcess(e, file, app, helper), nil
}

func newProcess(e entry, file *syntax.File, app fs.FS, helper string) Process {
	words, ok := direct(file)
	if !ok || lacksInterpreter(words[0], app) {
		return Process{Type: e.kind, Text: e.command, Command: []string{helper, "shell", e.command}, Shell: true}
	}
	command := arguments(words)
	if name, _ := words[0].literal(); name == "env" || slices.ContainsFunc(words, hasVariable) {
		command = expanded(words, helper)
	}
	if !stopsItself(e, file) {
		command = slices.Concat([]string{helper, "init"}, command)
	}
	return Process{Type: e.kind, Text: e.command, Command: command}
}

// expanded is the command that becomes that of the words, with their variables' values.
func expanded(words []word, helper string) []string {
	command := []string{helper, "exec"}
	for _, w := range words {
		command = append(command, expand.Encode(w))
	}
	return append(command, expand.End)
}

// direct gives the words of a command that means the same with and without a shell.
func direct(file *syntax.File) ([]word, bool) {
	if len(file.Stmts) != 1 {
		return nil, false
	}
	stmt := file.Stmts[0]
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok || stmt.Negated || stmt.Background || stmt.Coprocess || len(stmt.Redirs) > 0 || len(call.Args) == 0 {
		return nil, false
	}
	var words []word
	for _, w := range call.Args {
		parts, ok := readWord(w)
		if !ok {
			return nil, false
		}
		words = append(words, parts)
	}
	words, ok = program(words)
	assigned, plain := assignments(call.Assigns)
	if ok && len(assigned) > 0 {
		words = slices.Concat([]word{{{Text: "env"}}}, assigned, words)
	}
	return words, ok && plain
}

// assignments turns the NAME=value in front of a command into words for env, which the launch helper understands itself.
func assignments(list []*syntax.Assign) ([]word, bool) {
	var words []word
	known := map[string]bool{}
	for _, a := range list {
		if a.Append || a.Naked || a.Index != nil || a.Array != nil || a.Name == nil || shellVariables[a.Name.Value] {
			return nil, false
		}
		w := word{{Text: a.Name.Value + "="}}
		if a.Value != nil {
			value, ok := readWord(a.Value)
			if !ok {
				return nil, false
			}
			w = append(w, value...)
		}
		for i := range w {
			if known[w[i].Name] {
				return nil, false // it means the value set before, which the launch helper does not see
			}
			w[i].Split = false // a shell does not split here
		}
		known[a.Name.Value] = true
		words = append(words, w)
	}
	return words, true
}

// program wants the first word to name a program. Exec is a shell's way to start one without staying around.
func program(words []word) ([]word, bool) {
	name, ok := words[0].literal()
	if !ok {
		// The value could be the name of a builtin.
		return nil, false
	}
	if name != "exec" {
		return words, !builtins[name]
	}
	if len(words) == 1 {
		return nil, false
	}
	name, ok = words[1].literal()
	return words[1:], ok && !strings.HasPrefix(name, "-")
}

func hasVariable(w word) bool {
	_, ok := w.literal()
	return !ok
}

func arguments(words []word) []string {
	var args []string
	for _, w := range words {
		text, _ := w.literal()
		args = append(args, text)
	}
	return args
}

// lacksInterpreter finds scripts of the app without a first line such as #!/bin/sh. Only a shell runs them: the kernel
// does not know how.
func lacksInterpreter(w word, app fs.FS) bool {
	name, ok := w.literal()
	if !ok || !strings.Contains(name, "/") || path.IsAbs(name) {
		return false
	}
	file, err := app.Open(path.Clean(name))
	if err != nil {
		return false
	}
	defer file.Close()
	start := make([]byte, 4)
	n, err := io.ReadFull(file, start)
	if err != nil && err != io.ErrUnexpectedEOF {
		return false
	}
	return string(start[:min(n, 2)]) != "#!" && string(start[:n]) != "\x7fELF"
}

// builtins are bash's own commands. Some exist as programs too, but with other options, and not in every image.
var builtins = set(`. : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs
	disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile
	popd printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type
	typeset ulimit umask unalias unset wait
	if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc`)

// shellVariables have a value in bash that does not come from the environment.
var shellVariables = set(`BASHOPTS BASHPID BASH BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND
	BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION
	COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD HOSTNAME HOSTTYPE IFS LINENO
	MACHTYPE OLDPWD OPTERR OPTIND OSTYPE PATH PIPESTATUS PPID PS4 PWD RANDOM SECONDS SHELL SHELLOPTS SHLVL SRANDOM
	TERM UID _`)

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(names) {
		m[name] = true
	}
	return m
}
