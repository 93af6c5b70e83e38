package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/lockstep/python/internal/defaults"
	"github.com/lockstep/python/internal/expand"
	"github.com/lockstep/python/internal/failure"
)

// The statuses with which a shell ends when it cannot start a command.
const (
	statusNotRunnable = 126
	statusNotFound    = 127
)

// execute becomes the command that the encoded words stand for; it returns only when that is not possible.
func execute(words, environ []string) (int, error) {
	env := defaults.ReadEnvironment(environ)
	args := expand.Words(words, env.Lookup)
	args, environ, err := prefix(args, environ)
	if err != nil {
		return statusNotRunnable, err
	}
	if len(args) == 0 || args[0] == "" {
		return statusNotFound, noCommand(words)
	}
	path := defaults.ReadEnvironment(environ)["PATH"]
	if args, err = debug(args, path, env); err != nil {
		return statusNotRunnable, err
	}
	return launch(args, path, func(file string) error { return syscall.Exec(file, args, environ) })
}

// launch starts the program that PATH has first. Where none can be started it gives a shell's status and says why.
func launch(args []string, path string, start func(file string) error) (int, error) {
	var refused error
	for _, file := range candidates(args[0], path) {
		err := start(file)
		switch {
		case err == nil:
			return 0, nil
		case missing(err) && exists(file):
			return statusNotRunnable, noInterpreter(file)
		case missing(err):
		case errors.Is(err, syscall.EACCES):
			// Like a shell, look on: a later directory may have one that may be run.
			refused = notRunnable(file, err)
		default:
			return statusNotRunnable, notRunnable(file, err)
		}
	}
	if refused != nil {
		return statusNotRunnable, refused
	}
	return statusNotFound, notFound(args[0], path)
}

// candidates are the files that the name can mean, in the order of PATH.
func candidates(name, path string) []string {
	if strings.Contains(name, "/") {
		return []string{name}
	}
	var files []string
	for _, dir := range filepath.SplitList(path) {
		if dir == "" {
			dir = "."
		}
		files = append(files, dir+"/"+name)
	}
	return files
}

func missing(err error) bool {
	return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOTDIR)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func isDirectory(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.IsDir()
}

func noCommand(words []string) error {
	return &failure.Error{
		What:  "The command is empty.",
		Where: strings.Join(words, " "),
		Fix:   "set the variables that it uses, or give them defaults in the Procfile, e.g. ${NAME:-default}",
	}
}

func noInterpreter(file string) error {
	return &failure.Error{
		What:  file + " cannot be started: the program that runs it is missing.",
		Where: "the interpreter that " + file + " names in its first line or, for a binary, its loader",
		Fix:   "name a program of the image, e.g. #!/usr/bin/env python",
		Err:   syscall.ENOENT,
	}
}

func notRunnable(file string, err error) error {
	fix := "check that it is a program for this machine"
	switch {
	case isDirectory(file):
		fix = "name a program, not a directory, in the Procfile"
	case errors.Is(err, syscall.EACCES):
		fix = "make it executable, e.g. chmod +x " + file + ", and commit that"
	case errors.Is(err, syscall.ENOEXEC):
		fix = "a script needs a first line that names its interpreter, e.g. #!/usr/bin/env python"
	}
	return &failure.Error{What: file + " cannot be started: " + err.Error() + ".", Fix: fix, Err: err}
}

func notFound(name, path string) error {
	if strings.Contains(name, "/") {
		return &failure.Error{What: name + " does not exist.", Fix: "correct the path in the Procfile"}
	}
	where := "PATH, which is " + path
	if path == "" {
		where = "PATH, which is not set"
	}
	return &failure.Error{
		What:  name + " is not found on PATH.",
		Where: where,
		Fix:   "add the package that brings " + name + " to the app's dependencies, or correct the name in the Procfile",
	}
}
