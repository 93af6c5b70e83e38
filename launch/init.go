package main

import (
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/lockstep/python/internal/defaults"
	"github.com/lockstep/python/internal/failure"
)

// supervise runs the program as a child and does what is expected of a container's first process: it passes signals on, and takes
// in the processes that others left behind. It gives the program's exit status.
//
// A shell passes nothing on: with group, a signal to stop goes to everything that the program has started, too. Other programs may
// have children that they stop in an order of their own; theirs are told when the program itself died of the signal. What was told
// is waited for.
func supervise(args, environ []string, group bool) (int, error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	// What is left behind comes here even if this is not the first process, as with docker run --init.
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
	child := 0
	status, err := launch(args, defaults.ReadEnvironment(environ)["PATH"], func(file string) (err error) {
		child, err = start(file, args, environ)
		return err
	})
	if err != nil {
		if group {
			err = noShell(args[0])
		}
		return status, err
	}
	var stopping atomic.Bool
	go func() {
		for s := range signals {
			to, number := child, s.(syscall.Signal)
			if group && slices.Contains(toStop, number) {
				stopping.Store(true)
				to = -child // the group
			}
			_ = syscall.Kill(to, number)
		}
	}()
	return reap(child, &stopping), nil
}

var toStop = []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT}

// setChildSubreaper is PR_SET_CHILD_SUBREAPER of prctl(2).
const setChildSubreaper = 36

// start makes the program the leader of a process group, in front of the terminal if there is one.
func start(file string, args, environ []string) (int, error) {
	return syscall.ForkExec(file, args, &syscall.ProcAttr{
		Env:   environ,
		Files: []uintptr{0, 1, 2},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Foreground: terminal()},
	})
}

func terminal() bool {
	name, err := os.Readlink("/proc/self/fd/0")
	return err == nil && (strings.HasPrefix(name, "/dev/pts/") || name == "/dev/console")
}

// reap waits until the program has ended, and for its process group if that was told to stop.
func reap(child int, stopping *atomic.Bool) int {
	ended, ws := 0, syscall.WaitStatus(0)
	for ended >= 0 && ended != child {
		ended = wait(-1, &ws)
	}
	switch {
	case stopping.Load():
	case ws.Signaled() && slices.Contains(toStop, ws.Signal()):
		_ = syscall.Kill(-child, ws.Signal())
	default:
		return exitStatus(ws)
	}
	var others syscall.WaitStatus
	for wait(-child, &others) > 0 {
	}
	return exitStatus(ws)
}

// wait gives a child that has ended, of any (-1) or of a process group; less than 0 if there is none.
func wait(which int, ws *syscall.WaitStatus) int {
	for {
		pid, err := syscall.Wait4(which, ws, 0, nil)
		if !errors.Is(err, syscall.EINTR) {
			return pid
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
