package main

import (
	"errors"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/lockstep/python/internal/defaults"
	"github.com/lockstep/python/internal/failure"
)

// supervise runs the program as a child and does what is expected of a container's first process and a shell does not do: it
// passes the signals to stop on to everything that the program started, and takes in the processes that others left behind. It
// gives the program's exit status.
func supervise(args, environ []string) (int, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	// What is left behind comes here even if this is not the first process, as with docker run --init.
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
	child, err := start(args, environ)
	if err != nil {
		return statusNotFound, err
	}
	var stopping atomic.Bool
	go func() {
		for s := range signals {
			stopping.Store(true)
			// The whole group: a shell ends at once, and what it was waiting for is told too.
			_ = syscall.Kill(-child, s.(syscall.Signal))
		}
	}()
	return reap(child, &stopping), nil
}

// setChildSubreaper is PR_SET_CHILD_SUBREAPER of prctl(2).
const setChildSubreaper = 36

// start makes the program the leader of a process group, in front of the terminal if there is one.
func start(args, environ []string) (int, error) {
	path := defaults.ReadEnvironment(environ)["PATH"]
	attributes := &syscall.ProcAttr{
		Env:   environ,
		Files: []uintptr{0, 1, 2},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Foreground: terminal()},
	}
	for _, file := range candidates(args[0], path) {
		child, err := syscall.ForkExec(file, args, attributes)
		if err == nil {
			return child, nil
		}
		if !missing(err) && !errors.Is(err, syscall.EACCES) {
			return 0, notRunnable(file, err)
		}
	}
	return 0, noShell(args[0])
}

func terminal() bool {
	name, err := os.Readlink("/proc/self/fd/0")
	return err == nil && (strings.HasPrefix(name, "/dev/pts/") || name == "/dev/console")
}

// reap waits until the program has ended. If it was told to stop, everything that it started may end in peace too.
func reap(child int, stopping *atomic.Bool) int {
	status := 0
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, 0, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil { // no child is left
			return status
		}
		if pid != child {
			continue
		}
		if status = exitStatus(ws); !stopping.Load() {
			return status
		}
	}
}

// exitStatus is what a shell shows.
func exitStatus(ws syscall.WaitStatus) int {
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}

func noShell(name string) error {
	return &failure.Error{
		What: "The image has no " + name + ", which this command of the Procfile needs.",
		Fix:  "write the command without shell syntax (no &&, ;, |, $(...), or *), or build with a run image that has " + name,
		Err:  syscall.ENOENT,
	}
}
