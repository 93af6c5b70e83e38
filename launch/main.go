// Command launch is the helper that every image carries. It is called in four ways:
//
//   - without arguments, as an exec.d helper: the environment goes in, variables for the process come out as TOML on
//     file descriptor 3 (https://github.com/buildpacks/spec/blob/main/buildpack.md#execd);
//   - launch exec WORD...: the words (see internal/expand) and the environment go in, and the helper becomes the
//     command that they stand for, so that the first process of the container is the server itself;
//   - launch init PROGRAM ARGUMENT...: runs a program that does not handle SIGTERM itself, as the first process of the container
//     has to;
//   - launch shell COMMAND ARGUMENT...: runs a command of bash likewise.
//
// It needs no shell, home directory, user name or writable file.
package main

import (
	"os"
)

const (
	statusFailed = 1
	statusUsage  = 2
)

func main() {
	os.Exit(run(os.Args[1:], os.Environ()))
}

func run(args, environ []string) int {
	switch {
	case len(args) == 0:
		if err := assign(environ, os.NewFile(3, "file descriptor 3"), os.Stderr); err != nil {
			return complain(statusFailed, err)
		}
		return 0
	case len(args) == 1:
	case args[0] == "exec":
		return complain(execute(args[1:], environ))
	case args[0] == "init":
		return complain(supervise(args[1:], environ, false))
	case args[0] == "shell":
		return complain(supervise(append([]string{"bash", "-c"}, args[1:]...), environ, true))
	}
	os.Stderr.WriteString("usage: launch exec WORD...\n       launch init PROGRAM ARGUMENT...\n       launch shell COMMAND ARGUMENT...\n" +
		"Without arguments it is an exec.d helper.\n")
	return statusUsage
}

func complain(status int, err error) int {
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
	}
	return status
}
