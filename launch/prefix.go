package main

import (
	"os"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

// prefix does what env --chdir=DIR NAME=value... in front of a command means, so that an image needs no program for it. Options
// that it does not know are left to that program.
func prefix(args, environ []string) ([]string, []string, error) {
	if len(args) == 0 || args[0] != "env" {
		return args, environ, nil
	}
	rest, changed := args[1:], slices.Clone(environ)
	dir := ""
	for ; len(rest) > 0; rest = rest[1:] {
		name, value, assigns := strings.Cut(rest[0], "=")
		switch {
		case name == "--chdir" && assigns:
			dir = value
		case strings.HasPrefix(name, "-"):
			return args, environ, nil
		case assigns && name != "":
			changed = append(slices.DeleteFunc(changed, func(entry string) bool { return strings.HasPrefix(entry, name+"=") }), rest[0])
		default:
			return rest, changed, enter(dir)
		}
	}
	return args, environ, nil
}

// enter goes to the directory that the command is to run in. It is the one thing that becoming a command cannot do itself.
func enter(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.Chdir(dir); err != nil {
		return &failure.Error{
			What:  dir + " cannot be entered: " + err.Error() + ".",
			Where: "env --chdir=" + dir,
			Fix:   "name a directory of the app",
			Err:   err,
		}
	}
	return nil
}
