// Command supply makes the archives that the buildpack installs out of what package registries serve, for machines
// and tests that do not reach the upstream releases: CPython in the shape of python-build-standalone's
// install_only_stripped archives, and uv in the shape of its release archives. Every use writes one archive into a
// directory and its entry of buildpack.toml's metadata.dependencies to standard output. It downloads nothing.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

const usage = `usage:
  supply cpython VERSION+BUILD ARCH SUM MODULE DIRECTORY   MODULE: what 'go mod download -json' wrote, SUM: its pinned h1
  supply uv VERSION ARCH WHEEL DIRECTORY
ARCH is amd64 or arm64`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "supply:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	var d dependency
	var err error
	switch {
	case len(args) == 6 && args[0] == "cpython":
		var dir string
		if dir, err = moduleDir(args[4], args[3]); err != nil {
			return err
		}
		version, build, _ := strings.Cut(args[1], "+")
		d, err = makeCPython(dir, version, build, args[2], args[5])
	case len(args) == 5 && args[0] == "uv":
		d, err = makeUV(args[3], args[1], args[2], args[4])
	default:
		err = errors.New(usage)
	}
	if err != nil {
		return err
	}
	return d.write(os.Stdout)
}

// moduleDir returns the directory that a module was downloaded to, if the module is the one that was pinned.
func moduleDir(path, sum string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var module struct{ Path, Version, Dir, Sum, Error string }
	if err := json.Unmarshal(content, &module); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	if module.Sum != sum {
		return "", fmt.Errorf("%s %s has the checksum %q, not %q (%s)", module.Path, module.Version, module.Sum, sum, module.Error)
	}
	return module.Dir, nil
}

// machine is the name that upstream's archives and wheels use for a GOARCH.
func machine(arch string) (string, error) {
	switch arch {
	case "amd64":
		return "x86_64", nil
	case "arm64":
		return "aarch64", nil
	}
	return "", fmt.Errorf("no archives for %s, only for amd64 and arm64", arch)
}
