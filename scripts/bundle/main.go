// Command bundle lays out the buildpack for `pack buildpack package`: a folder for each target with the programs, a
// buildpack.toml that lists the target's own dependencies and, for an offline buildpack, their archives.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

var programs = []string{"build", "detect", "launch"}

func main() {
	var o options
	flag.StringVar(&o.buildpack, "buildpack", "buildpack.toml", "the buildpack.toml to start from")
	flag.StringVar(&o.dependencies, "dependencies", "", "TOML `file` whose dependencies replace buildpack.toml's")
	flag.StringVar(&o.programs, "programs", "", "`directory` with linux/ARCH/PROGRAM")
	flag.StringVar(&o.output, "output", "", "`directory` to write")
	flag.BoolVar(&o.offline, "offline", false, "put the dependencies' archives into the buildpack")
	flag.Parse()
	if err := bundle(o); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

type options struct {
	buildpack, dependencies, programs, output string
	offline                                   bool
}

func bundle(o options) error {
	d, err := readDescriptor(o.buildpack, o.dependencies)
	if err != nil {
		return err
	}
	targets, err := d.targets()
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := o.bundleTarget(d, t); err != nil {
			return fmt.Errorf("bundling for %s/%s: %w", t.os, t.arch, err)
		}
	}
	return nil
}

func (o options) bundleTarget(d descriptor, t target) error {
	folder := filepath.Join(o.output, t.os, t.arch)
	if err := os.MkdirAll(filepath.Join(folder, "bin"), 0o755); err != nil {
		return err
	}
	for _, name := range programs {
		if err := copyFile(filepath.Join(folder, "bin", name), filepath.Join(o.programs, t.os, t.arch, name), 0o755); err != nil {
			return err
		}
	}
	own := d.dependencies(t)
	if o.offline {
		var err error
		if own, err = embed(own, folder); err != nil {
			return err
		}
	}
	return d.write(filepath.Join(folder, "buildpack.toml"), own)
}
