package process

import (
	"path"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Program is one that a line of the Procfile starts, with its arguments, and without exec and env in front of it.
type Program struct {
	Line      int
	Type      string
	Dir       string // of the app dir, where it runs
	Elsewhere bool   // it looks for modules in other places, too, or may run in another directory
	Args      []string
}

// Programs lists what a valid Procfile starts.
func Programs(data []byte) []Program {
	entries, err := readEntries(data)
	if err != nil {
		return nil
	}
	var list []Program
	for _, e := range entries {
		file, err := parse(e)
		if err != nil {
			continue
		}
		dir := "."
		syntax.Walk(file, func(node syntax.Node) bool {
			if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
				v := newInvocation(e.command, call)
				if v.args[0] == "cd" {
					dir = path.Join(append([]string{dir}, v.args[1:]...)...)
				} else if v.start < len(v.args) {
					list = append(list, Program{e.line, e.kind, path.Join(dir, v.dir()), elsewhere.MatchString(e.command), v.args[v.first:]})
				}
			}
			return true
		})
	}
	return list
}

// dir is where the program is told to look for its modules.
func (v invocation) dir() string {
	for i, arg := range v.args {
		name, value, assigns := strings.Cut(arg, "=")
		if name != "--chdir" && name != "--app-dir" {
			continue
		}
		if !assigns && i+1 < len(v.args) {
			value = v.args[i+1]
		}
		return value
	}
	return ""
}

var elsewhere = regexp.MustCompile(`PYTHONPATH|--pythonpath|--work(ing-)?dir|-C |pushd |\(\s*cd `)
