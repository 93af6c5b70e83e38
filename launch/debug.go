package main

import (
	"cmp"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/defaults"
	"github.com/lockstep/python/internal/failure"
)

// debug puts debugpy in front of a command that is Python, if BPL_DEBUG_ENABLED asks for it: python, or a script that Python runs.
// BPL_DEBUG_PORT is where it listens, and with BPL_DEBUG_SUSPEND the app waits for a debugger.
func debug(args []string, search string, env defaults.Environment) ([]string, error) {
	if on, err := enabled(env, "BPL_DEBUG_ENABLED"); err != nil || !on {
		return args, err
	}
	flags, err := debugpy(env)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(path.Base(args[0]), "python") {
		// Options of Python itself stay in front; the program, "-m module" or a file, follows debugpy's own.
		at := 1
		for at < len(args) && strings.HasPrefix(args[at], "-") && args[at] != "-m" && args[at] != "-c" {
			at++
		}
		if at == len(args) {
			return args, nil // a prompt
		}
		return slices.Concat(args[:at], flags, args[at:]), nil
	}
	files := candidates(args[0], search)
	if at := slices.IndexFunc(files, exists); at >= 0 && isPython(files[at]) {
		return slices.Concat([]string{"python"}, flags, files[at:at+1], args[1:]), nil
	}
	return args, nil
}

// debugpy are the arguments with which Python runs debugpy.
func debugpy(env defaults.Environment) ([]string, error) {
	suspend, err := enabled(env, "BPL_DEBUG_SUSPEND")
	if err != nil {
		return nil, err
	}
	port := cmp.Or(env["BPL_DEBUG_PORT"], "5678")
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, badValue("BPL_DEBUG_PORT", port, "a port", "5678")
	}
	flags := []string{"-m", "debugpy", "--listen", "0.0.0.0:" + port}
	if suspend {
		flags = append(flags, "--wait-for-client")
	}
	return flags, nil
}

// isPython tells a script that Python runs.
func isPython(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, 256)
	n, _ := io.ReadFull(f, start)
	first, _, _ := strings.Cut(string(start[:n]), "\n")
	return strings.HasPrefix(first, "#!") && strings.Contains(first, "python")
}

func enabled(env defaults.Environment, name string) (bool, error) {
	if env[name] == "" {
		return false, nil
	}
	on, err := strconv.ParseBool(env[name])
	if err != nil {
		return false, badValue(name, env[name], "true or false", "true")
	}
	return on, nil
}

func badValue(name, value, want, example string) error {
	return &failure.Error{
		What:  name + " is " + strconv.Quote(value) + ", which is not " + want + ".",
		Where: "the environment of the container",
		Fix:   "set " + name + "=" + example + " or remove it",
	}
}
