package main_test

import (
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/expand"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// result is what one run of the helper gave.
type result struct {
	status      int
	out, errors string
}

// call runs the helper in a directory that holds what the case needs, with nothing else in its environment.
func call(t *testing.T, dir string, environ []string, descriptor *os.File, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(helper, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append([]string{}, environ...), &out, &errs
	if descriptor != nil {
		cmd.ExtraFiles = []*os.File{descriptor}
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("running the helper: %v", err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

func testBinary(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("is small and static", func() {
		info, err := os.Stat(helper)
		Expect(err).NotTo(HaveOccurred())
		Expect(info.Size()).To(BeNumerically("<", 3<<20))
		file, err := elf.Open(helper)
		Expect(err).NotTo(HaveOccurred())
		defer file.Close()
		libraries, err := file.ImportedLibraries()
		Expect(err).NotTo(HaveOccurred())
		Expect(libraries).To(BeEmpty())
		Expect(file.Section(".interp")).To(BeNil())
	})

	it("says how it is called", func() {
		usage := "usage: launch exec WORD...\n       launch init PROGRAM ARGUMENT...\n       launch shell COMMAND ARGUMENT...\n" +
			"Without arguments it is an exec.d helper.\n"
		for _, args := range [][]string{{"exec"}, {"init"}, {"shell"}, {"run", "a"}, {""}} {
			Expect(call(t, t.TempDir(), nil, nil, args...)).To(Equal(result{2, "", usage}))
		}
	})
}

func testEnvironment(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// assigned gives what the lifecycle's launcher reads from file descriptor 3.
	assigned := func(environ ...string) (string, result) {
		reader, writer, err := os.Pipe()
		Expect(err).NotTo(HaveOccurred())
		defer reader.Close()
		got := call(t, t.TempDir(), environ, writer)
		Expect(writer.Close()).To(Succeed())
		toml, err := io.ReadAll(reader)
		Expect(err).NotTo(HaveOccurred())
		return string(toml), got
	}

	for _, c := range []struct {
		name, toml string
		environ    []string
	}{
		{"sets PORT when it is unset", "PORT = \"8080\"\n", nil},
		{"sets PORT when it is empty", "PORT = \"8080\"\n", []string{"PORT="}},
		{"leaves PORT alone when it is set", "", []string{"PORT=5000"}},
		{"takes any free port for a port", "", []string{"PORT=0"}},
		{"takes the highest port", "", []string{"PORT=65535"}},
	} {
		it(c.name, func() {
			toml, got := assigned(append(c.environ, "PYTHONUNBUFFERED=1", "BIND_ADDRESS=0.0.0.0", "WEB_CONCURRENCY=1")...)
			Expect(toml).To(Equal(c.toml))
			Expect(got).To(Equal(result{}))
		})
	}

	for _, c := range []struct {
		name, toml string
		environ    []string
	}{
		{"turns buffering off when nobody says otherwise", "PYTHONUNBUFFERED = \"1\"\n", nil},
		{"leaves it to the user to turn buffering on", "", []string{"PYTHONUNBUFFERED="}},
	} {
		it(c.name, func() {
			toml, got := assigned(append(c.environ, "PORT=5000", "BIND_ADDRESS=0.0.0.0", "WEB_CONCURRENCY=1")...)
			Expect(toml).To(Equal(c.toml))
			Expect(got).To(Equal(result{}))
		})
	}

	for _, c := range []struct{ value, shown string }{
		{"http", `"http"`}, {"65536", `"65536"`}, {"-1", `"-1"`}, {"+80", `"+80"`}, {"80 ", `"80 "`}, {"8_0", `"8_0"`},
		{"tcp://10.0.0.1:80", `"tcp://10.0.0.1:80"`}, {"8\n", `"8\n"`},
	} {
		it("refuses PORT="+c.shown, func() {
			toml, got := assigned("PORT=" + c.value)
			Expect(toml).To(BeEmpty())
			Expect(got).To(Equal(result{1, "", "PORT is " + c.shown + `, which is not the number of a port.
  where: the container's environment, variable PORT
  fix: set it to a number from 0 to 65535, e.g. PORT=8080, or leave it unset for 8080
`}))
		})
	}

	it("says what is missing when it is called by hand", func() {
		got := call(t, t.TempDir(), nil, nil)
		Expect(got.status).To(Equal(1))
		Expect(got.errors).To(HavePrefix("writing the launch environment (the lifecycle's launcher is to give file descriptor 3): "))
	})
}

func testExecute(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		dir    string
	)

	write := func(name, text string, mode os.FileMode) {
		file := filepath.Join(dir, name)
		Expect(os.MkdirAll(filepath.Dir(file), 0o755)).To(Succeed())
		Expect(os.WriteFile(file, []byte(text), mode)).To(Succeed())
	}
	launch := func(environ []string, words ...string) result {
		return call(t, dir, environ, nil, append([]string{"exec"}, words...)...)
	}

	it.Before(func() {
		dir = t.TempDir()
		write("bin/show", "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 7\n", 0o755)
		write("bin/plain", "text\n", 0o644)
		write("bin/broken", "#!/nowhere/python\n", 0o755)
		write("bin/nameless", "echo\n", 0o755)
		write("other/show", "#!/bin/sh\necho other\n", 0o755)
		write("other/plain", "#!/bin/sh\necho other\n", 0o755)
	})
	bin := func() string { return "PATH=" + dir + "/missing:" + dir + "/bin:" + dir + "/other" }

	it("becomes the command, with variables in place and its exit status", func() {
		words := []string{
			expand.Encode([]expand.Part{{Text: "show"}}),
			expand.Encode([]expand.Part{{Text: "0.0.0.0:"}, {Name: "PORT", Split: true}}),
			expand.Encode([]expand.Part{{Name: "ARGS", Split: true}}),
			expand.Encode([]expand.Part{{Name: "ARGS"}}),
			expand.Encode([]expand.Part{{Name: "NONE", Split: true}}),
			expand.Encode([]expand.Part{{Name: "NONE"}}),
			expand.Encode([]expand.Part{{Name: "NONE", Default: "a b)}", Split: true}}),
			expand.Encode([]expand.Part{{Text: "$PORT größe"}}),
		}
		got := launch([]string{bin(), "PORT=5000", "ARGS=-k  asgi"}, words...)
		Expect(got).To(Equal(result{7, "<0.0.0.0:5000><-k><asgi><-k  asgi><><a><b)}><$PORT größe>", ""}))
	})

	it("takes what is added behind the command as it is", func() {
		got := launch([]string{bin(), "PORT=5000"}, "show", "$(PORT)", expand.End, "${PORT}", "a$$b", "x  y", expand.End)
		Expect(got.out).To(Equal("<5000><${PORT}><a$$b><x  y><$.>"))
	})

	it("stays the same process and leaves the environment alone", func() {
		write("bin/self", "#!/bin/sh\necho $$ $PPID $A\n", 0o755)
		cmd := exec.Command(helper, "exec", "self")
		cmd.Dir, cmd.Env = dir, []string{bin(), "A=b"}
		out, err := cmd.Output()
		Expect(err).NotTo(HaveOccurred())
		fields := strings.Fields(string(out))
		Expect(fields).To(HaveLen(3))
		Expect(fields[0]).To(Equal(strconv.Itoa(cmd.ProcessState.Pid())))
		Expect(fields[1]).To(Equal(strconv.Itoa(os.Getpid())))
		Expect(fields[2]).To(Equal("b"))
	})

	it("takes a path as it is, from the working directory", func() {
		Expect(launch(nil, "./other/show").out).To(Equal("other\n"))
		Expect(launch(nil, filepath.Join(dir, "other/show")).out).To(Equal("other\n"))
		Expect(launch([]string{"PATH=" + dir + "/bin:"}, "other/show").out).To(Equal("other\n"))
	})

	for _, c := range []struct {
		name  string
		words []string
		want  result
	}{
		{"sets a variable without env", []string{"env", "A=b c", "B=", "self"}, result{0, "b c <> @\n", ""}},
		{"takes the place of a variable", []string{"env", "OLD=new", "A=$(OLD)", "self"}, result{0, "old <> @\n", ""}},
		{"goes to a directory without env", []string{"env", "--chdir=other", "A=b", "self"}, result{0, "b <> @/other\n", ""}},
		{"finds the command on a PATH that is set here", []string{"env", "PATH=@/other", "show"}, result{0, "other\n", ""}},
		{"says that a directory is not there", []string{"env", "--chdir=nowhere", "self"}, result{126, "", `nowhere cannot be entered: chdir nowhere: no such file or directory.
  where: env --chdir=nowhere
  fix: name a directory of the app
`}},
	} {
		it(c.name, func() {
			write("bin/self", "#!/bin/sh\necho \"$A <$B> $PWD\"\n", 0o755)
			fill := strings.NewReplacer("@", dir).Replace
			for i := range c.words {
				c.words[i] = fill(c.words[i])
			}
			c.want.out = fill(c.want.out)
			Expect(launch([]string{bin(), "OLD=old"}, c.words...)).To(Equal(c.want))
		})
	}

	it("passes over a file that may not be run when PATH has another", func() {
		Expect(launch([]string{bin()}, "plain").out).To(Equal("other\n"))
	})

	for _, c := range []struct {
		name, command, path string
		status              int
		message             string
	}{
		{"no such command", "nope", "@/bin:/x", 127, `nope is not found on PATH.
  where: PATH, which is @/bin:/x
  fix: add the package that brings nope to the app's dependencies, or correct the name in the Procfile
`},
		{"no PATH", "show", "", 127, `show is not found on PATH.
  where: PATH, which is not set
  fix: add the package that brings show to the app's dependencies, or correct the name in the Procfile
`},
		{"no such path", "./bin/nope", "", 127, `./bin/nope does not exist.
  fix: correct the path in the Procfile
`},
		{"nothing left", "$(NONE)", "", 127, `The command is empty.
  where: $(NONE)
  fix: set the variables that it uses, or give them defaults in the Procfile, e.g. ${NAME:-default}
`},
		{"an empty name", "${NONE}", "", 127, `The command is empty.
  where: ${NONE}
  fix: set the variables that it uses, or give them defaults in the Procfile, e.g. ${NAME:-default}
`},
		{"no permission", "plain", "@/bin", 126, `@/bin/plain cannot be started: permission denied.
  fix: make it executable, e.g. chmod +x @/bin/plain, and commit that
`},
		{"a directory", "./bin", "", 126, `./bin cannot be started: permission denied.
  fix: name a program, not a directory, in the Procfile
`},
		{"an interpreter that is missing", "broken", "@/bin", 126, `@/bin/broken cannot be started: the program that runs it is missing.
  where: the interpreter that @/bin/broken names in its first line or, for a binary, its loader
  fix: name a program of the image, e.g. #!/usr/bin/env python
`},
		{"no interpreter", "nameless", "@/bin", 126, `@/bin/nameless cannot be started: exec format error.
  fix: a script needs a first line that names its interpreter, e.g. #!/usr/bin/env python
`},
	} {
		it("stops at "+c.name, func() {
			fill := func(text string) string { return strings.ReplaceAll(text, "@", dir) }
			var environ []string
			if c.path != "" {
				environ = []string{"PATH=" + fill(c.path)}
			}
			Expect(launch(environ, c.command)).To(Equal(result{c.status, "", fill(c.message)}))
		})
	}
}
