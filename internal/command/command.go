// Package command is the one place that runs programs: an absolute path, an explicit environment, no shell.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
)

// Command is one program to run.
type Command struct {
	Path string // absolute
	Args []string
	Dir  string
	Env  []string // the whole environment, nothing is added
	In   io.Reader
	Out  io.Writer // standard output; nil discards it
	Err  io.Writer // standard error; nil discards it
}

// Runner runs a command to its end. A program that exits with another status than 0 is an *exec.ExitError.
type Runner func(context.Context, Command) error

// Status is the exit status of a program that failed, or -1 if err is something else.
func Status(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}

// Run is the Runner of a real build.
func Run(ctx context.Context, c Command) error {
	if !filepath.IsAbs(c.Path) { // it would be looked for on our own PATH
		return fmt.Errorf("running %s: the path is not absolute", c.Path)
	}
	cmd := exec.CommandContext(ctx, c.Path, c.Args...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Dir, c.Env, c.In, c.Out, c.Err
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	return cmd.Run()
}
