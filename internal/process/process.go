// Package process says what the image can run. In go the text of the Procfile and a view of the app dir, out come the
// processes, with their commands as argument lists, and warnings. Writing launch.toml is left to build, and finding
// the app object of an app without a Procfile to others.
package process

import (
	"slices"
	"strings"

	"github.com/lockstep/python/internal/expand"
)

// Process is one entry of launch.toml.
type Process struct {
	Type    string
	Text    string   // the command as the owner wrote it; empty for the standard processes
	Command []string // the program and all its arguments
	Default bool     // what the image runs when nobody asks for a type
	Shell   bool     // Command runs bash: an image without one cannot run it
}

// Warning is something that works, but not as the owner may think.
type Warning struct {
	Line int // of the Procfile; 0 when it is about the whole file
	Text string
}

// WithStandard adds the processes that every image has, to run a program beside the app or to look around. A process
// of the list that has the same type wins, and none of those added is the default.
func WithStandard(list []Process) []Process {
	standard := []Process{
		{Type: "python", Command: []string{"python"}},
		{Type: "shell", Command: []string{"bash"}, Shell: true},
	}
	all := slices.Clone(list)
	for _, p := range standard {
		if !slices.ContainsFunc(list, func(q Process) bool { return q.Type == p.Type }) {
			all = append(all, p)
		}
	}
	return all
}

// WithTest adds the process that runs the app's tests and makes it the default; one of the list that has the type is kept as it is.
func WithTest(list []Process, pytest bool) []Process {
	if i := slices.IndexFunc(list, func(p Process) bool { return p.Type == "test" }); i >= 0 {
		return withDefault(list, list[i])
	}
	if pytest {
		return withDefault(list, Process{Type: "test", Command: []string{"pytest"}})
	}
	return withDefault(list, Process{Type: "test", Command: []string{"python", "-m", "unittest"}})
}

// Debuggable lets every process become its command through the launch helper, which puts a debugger in front of Python when it is
// told to at start.
func Debuggable(list []Process, helper string) []Process {
	list = slices.Clone(list)
	for i, p := range list {
		if p.Shell || slices.Contains(p.Command, expand.End) {
			continue
		}
		if p.Text == "" {
			list[i].Text = strings.Join(p.Command, " ")
		}
		leading, program := []string(nil), p.Command
		if program[0] == helper {
			leading, program = program[:2], program[2:]
		}
		var words []word
		for _, text := range program {
			words = append(words, word{{Text: text}})
		}
		list[i].Command = slices.Concat(leading, expanded(words, helper))
	}
	return list
}
