package main_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testSupervise(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// stopped runs a command, sends the signal when it says ready, and gives what it says from then on.
	stopped := func(signal os.Signal, args ...string) (string, int) {
		cmd := exec.Command(helper, args...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		Expect(err).NotTo(HaveOccurred())
		Expect(cmd.Start()).To(Succeed())
		lines := bufio.NewReader(out)
		Expect(lines.ReadString('\n')).To(Equal("ready\n"))
		Expect(cmd.Process.Signal(signal)).To(Succeed())
		rest, err := io.ReadAll(lines)
		Expect(err).NotTo(HaveOccurred())
		_ = cmd.Wait()
		return string(rest), cmd.ProcessState.ExitCode()
	}

	it("gives the status of the program", func() {
		for _, status := range []int{0, 7, 255} {
			Expect(call(t, t.TempDir(), []string{"PATH=/usr/bin:/bin"}, nil, "init", "sh", "-c", "echo out; exit "+strconv.Itoa(status))).
				To(Equal(result{status, "out\n", ""}))
		}
		Expect(call(t, t.TempDir(), []string{"PATH=/usr/bin:/bin"}, nil, "init", "sh", "-c", "kill -9 $$").status).To(Equal(137))
	})

	const drains = `(trap 'echo drained; exit 0' TERM INT; echo ready; while :; do sleep 0.05; done); echo never`
	for _, c := range []struct {
		signal os.Signal
		said   string
		status int
	}{
		{syscall.SIGTERM, "drained\n", 143},
		{syscall.SIGINT, "drained\nnever\n", 0}, // bash itself goes on when its child did not die of an interrupt
	} {
		it("passes "+c.signal.String()+" on to what a shell waits for, and waits for it itself", func() {
			said, status := stopped(c.signal, "shell", drains)
			Expect(said).To(Equal(c.said))
			Expect(status).To(Equal(c.status))
		})
	}

	it("reaches what runs in the background", func() {
		said, status := stopped(syscall.SIGTERM, "shell", `(trap 'sleep 0.3; echo drained; exit 0' TERM; echo ready; while :; do sleep 0.05; done) & sleep 100`)
		Expect(said).To(Equal("drained\n"))
		Expect(status).To(Equal(143))
	})

	it("stops a program that does not handle the signal", func() {
		said, status := stopped(syscall.SIGTERM, "init", "bash", "-c", "echo ready; exec sleep 100")
		Expect(said).To(BeEmpty())
		Expect(status).To(Equal(143))
	})

	it("leaves it to a program that handles the signal to stop its own", func() {
		// The child would say so if it was told itself.
		said, status := stopped(syscall.SIGTERM, "init", "bash", "-c",
			`(trap 'echo child' TERM; while [ ! -e stop ]; do sleep 0.05; done; rm stop; echo done) & trap 'touch stop; wait; echo stopped; exit 3' TERM; echo ready; wait`)
		Expect(said).To(Equal("done\nstopped\n"))
		Expect(status).To(Equal(3))
	})

	it("tells those that a program leaves behind when it dies of the signal, and waits for them", func() {
		said, status := stopped(syscall.SIGTERM, "init", "bash", "-c", `(trap 'sleep 0.3; echo drained; exit 0' TERM; echo ready; while :; do sleep 0.05; done); echo never`)
		Expect(said).To(Equal("drained\n"))
		Expect(status).To(Equal(143))
	})

	for _, signal := range []os.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2} {
		it("passes on "+signal.String(), func() {
			for _, how := range []string{"init", "shell"} {
				args := []string{how}
				if how == "init" {
					args = append(args, "bash", "-c")
				}
				said, status := stopped(signal, append(args, "trap 'echo got; exit 4' HUP USR1 USR2; echo ready; while :; do sleep 0.05; done")...)
				Expect(said).To(Equal("got\n"))
				Expect(status).To(Equal(4))
			}
		})
	}

	it("does not wait for what a program leaves behind when nobody told it to stop", func() {
		got := call(t, t.TempDir(), []string{"PATH=/usr/bin:/bin"}, nil, "init", "sh", "-c", "sleep 100 >/dev/null 2>&1 & echo $!")
		Expect(got.status).To(Equal(0))
		// In a container the kernel ends it with the first process; here it is left to the test.
		pid, err := strconv.Atoi(strings.TrimSpace(got.out))
		Expect(err).NotTo(HaveOccurred())
		Expect(syscall.Kill(pid, syscall.SIGKILL)).To(Succeed())
	})

	it("takes in processes whose parent has ended", func() {
		// The grandchild's parent ends at once; ps then sees it as a child of the helper, and gone when it has ended.
		got := call(t, t.TempDir(), []string{"PATH=/usr/bin:/bin"}, nil, "init", "sh", "-c",
			`helper=$PPID; sh -c 'sleep 0.1 & echo $!' >orphan; sleep 0.5; test -e /proc/$(cat orphan) && echo zombie; echo $helper`)
		Expect(got.out).To(MatchRegexp(`^\d+\n$`))
	})

	it("says that the image has no shell", func() {
		Expect(call(t, t.TempDir(), []string{"PATH=/nowhere"}, nil, "shell", "a && b")).To(Equal(result{127, "",
			`The image has no bash, which this command of the Procfile needs.
  fix: write the command without shell syntax (no &&, ;, |, $(...), or *), or build with a run image that has bash
`}))
	})
}
