// Command launch is the helper that every image carries. It is called in three ways:
//
//   - without arguments, as an exec.d helper: the environment goes in, variables for the process come out as TOML on
//     file descriptor 3 (https://github.com/buildpacks/spec/blob/main/buildpack.md#execd);
//   - launch exec WORD...: the words (see internal/expand) and the environment go in, and the helper becomes the
//     command that they stand for, so that the first process of the container is the server itself;
//   - launch init PROGRAM ARGUMENT...: runs a program that does not pass on signals, such as a shell, as the first process of
//     the container has to.
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
		return complain(statusFailed, assign(environ, os.NewFile(3, "file descriptor 3"), os.Stderr))
	case args[0] == "exec" && len(args) > 1:
		return complain(execute(args[1:], environ))
	case args[0] == "init" && len(args) > 1:
		status, err := supervise(args[1:], environ)
		if err != nil {
			return complain(status, err)
		}
		return status
	}
	os.Stderr.WriteString("usage: launch exec WORD...\n       launch init PROGRAM ARGUMENT...\nWithout arguments it is an exec.d helper.\n")
	return statusUsage
}

func complain(status int, err error) int {
	if err == nil {
		return 0
	}
	os.Stderr.WriteString(err.Error() + "\n")
	return status
}
