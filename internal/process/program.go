package process

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Program is one that a line of the Procfile starts, with its arguments, and without what only leads to it, such as exec or env.
type Program struct {
	Line int
	Type string
	Args []string
}

// Programs lists what a valid Procfile starts. Lines that go to another directory or change where modules are looked for are
// left out: their names do not mean what they do in the app dir.
func Programs(data []byte) []Program {
	entries, err := readEntries(data)
	if err != nil {
		return nil
	}
	var list []Program
	for _, e := range entries {
		file, err := parse(e)
		if err != nil || elsewhere(e.command) {
			continue
		}
		syntax.Walk(file, func(node syntax.Node) bool {
			if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
				if v := newInvocation(e.command, call); v.start < len(v.args) {
					list = append(list, Program{e.line, e.kind, v.args[v.start:]})
				}
			}
			return true
		})
	}
	return list
}

func elsewhere(command string) bool {
	for _, sign := range []string{"cd ", "chdir", "--app-dir", "PYTHONPATH", "--pythonpath", "--working-dir", "--workdir", "-C "} {
		if strings.Contains(command, sign) {
			return true
		}
	}
	return false
}
