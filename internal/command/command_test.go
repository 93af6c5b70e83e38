package command_test

import (
	"bytes"
	"context"
	"io/fs"
	"os/exec"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/command"
)

func testRun(t *testing.T, _ spec.G, it spec.S) {
	var (
		Expect   = NewWithT(t).Expect
		ctx      = context.Background()
		out, err bytes.Buffer
	)

	it.Before(func() {
		out.Reset()
		err.Reset()
	})

	script := func(text string) command.Command {
		return command.Command{Path: "/bin/sh", Args: []string{"-c", text}, Out: &out, Err: &err}
	}

	it("gives the program its arguments as they are, its directory and its input", func() {
		dir := t.TempDir()
		c := script(`pwd; cat; printf '%s|' "$@"; echo oops >&2`)
		c.Args = append(c.Args, "sh", "a b", "$HOME", "")
		c.Dir, c.In = dir, strings.NewReader("input ")
		Expect(command.Run(ctx, c)).To(Succeed())
		Expect(out.String()).To(Equal(dir + "\ninput a b|$HOME||"))
		Expect(err.String()).To(Equal("oops\n"))
	})

	it("adds nothing to the environment", func() {
		c := command.Command{Path: "/usr/bin/env", Env: []string{"B=2", "A=1"}, Out: &out}
		Expect(command.Run(ctx, c)).To(Succeed())
		Expect(out.String()).To(Equal("B=2\nA=1\n"))

		out.Reset()
		c.Env = nil
		Expect(command.Run(ctx, c)).To(Succeed())
		Expect(out.String()).To(BeEmpty())
	})

	it("tells how a program ended", func() {
		failed := command.Run(ctx, script("exit 3"))
		var status *exec.ExitError
		Expect(failed).To(BeAssignableToTypeOf(status))
		Expect(failed).To(MatchError("exit status 3"))
	})

	it("discards output that nobody asked for", func() {
		Expect(command.Run(ctx, command.Command{Path: "/bin/sh", Args: []string{"-c", "echo a; echo b >&2"}})).To(Succeed())
	})

	it("starts nothing when the context is over", func() {
		over, cancel := context.WithCancel(ctx)
		cancel()
		Expect(command.Run(over, script("echo ran"))).To(MatchError(context.Canceled))
		Expect(out.String()).To(BeEmpty())
	})

	it("refuses a program that would have to be looked for", func() {
		Expect(command.Run(ctx, command.Command{Path: "env"})).To(MatchError("running env: the path is not absolute"))
		Expect(command.Run(ctx, command.Command{Path: "/nonexistent/env"})).To(MatchError(fs.ErrNotExist))
	})
}
