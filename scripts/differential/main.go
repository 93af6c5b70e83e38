// Command differential locks typical manifests with uv, has the formats' own tools write the same packages in theirs, and compares
// what our readers select from each: one set of packages and files, whatever the format. Together the manifests lock each of the 100
// most downloaded packages. Tools that are not on the PATH are left out.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

var (
	//go:embed manifests.txt
	manifests string // requirements, a manifest a line
	//go:embed most-downloaded.txt
	mostDownloaded string
)

// format is a lock file, the tool that writes it, and our reader.
type format struct {
	file, tool string
	args       []string
	read       lock.Reader
}

var formats = []format{
	{"pylock.toml", "uv", strings.Fields("export --frozen --quiet --no-header --format pylock.toml --output-file pylock.toml"), lock.ReadPylockFile},
	{"requirements.txt", "uv", strings.Fields("export --frozen --quiet --no-header --format requirements.txt --output-file requirements.txt"), readRequirements},
	{"poetry.lock", "poetry", []string{"lock", "--no-interaction"}, lock.ReadPoetry},
	{"pdm.lock", "pdm", []string{"lock", "--quiet"}, lock.ReadPDM},
	{"Pipfile.lock", "pipenv", []string{"lock", "--quiet"}, lock.ReadPipfile},
}

// differential is one run, and what has come of it so far.
type differential struct {
	tools
	formats []format
	locked  map[pep508.Name]bool
	wrote   map[string]int // locks, by file
}

func main() {
	python := flag.String("python", "", "the interpreter to lock with and for")
	count := flag.Int("n", 1000, "how many manifests")
	only := flag.String("tools", "uv,poetry,pdm,pipenv", "the tools to ask, by commas")
	index := flag.String("index", "", "URL of the index, for tools that do not take it from the environment")
	flag.Parse()
	if err := compareAll(*python, *index, strings.Split(*only, ","), *count); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compareAll(python, index string, only []string, count int) error {
	t, err := newTools(python, index)
	if err != nil {
		return err
	}
	d := differential{tools: t, locked: map[pep508.Name]bool{}, wrote: map[string]int{}}
	for _, f := range formats {
		if _, err := exec.LookPath(f.tool); err == nil && slices.Contains(only, f.tool) {
			d.formats = append(d.formats, f)
		}
	}
	all := strings.Split(strings.TrimSpace(manifests), "\n")
	chosen := all[:min(count, len(all))]
	different := 0
	for _, line := range chosen {
		if err := d.compare(strings.Fields(line)); err != nil {
			fmt.Println("\n  " + strings.ReplaceAll(err.Error(), "\n", "\n  "))
			different++
		}
	}
	return errors.Join(d.summary(len(chosen), different), d.covered(len(chosen) == len(all)))
}

// compare locks one manifest in every format.
func (d *differential) compare(requirements []string) error {
	start := time.Now()
	dir, err := os.MkdirTemp("", "differential-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := write(dir, "pyproject.toml", d.project(requirements, "")); err != nil {
		return err
	}
	fmt.Print(strings.Join(requirements, " "))
	if out, err := d.run(dir, "uv", "lock", "--quiet"); err != nil {
		return fmt.Errorf("uv lock: %w\n%s", err, out)
	}
	want, err := d.selected(dir, "uv.lock", lock.ReadUV)
	if err != nil {
		return err
	}
	fmt.Printf(": %d packages, the same in uv.lock", len(want))
	for _, p := range want {
		d.locked[p.Name] = true
	}
	for _, f := range d.formats {
		if err := d.compareFormat(dir, f, requirements, want); err != nil {
			return fmt.Errorf("%s %w", f.file, err)
		}
	}
	fmt.Printf(" (%.1f s)\n", time.Since(start).Seconds())
	return nil
}

// compareFormat has a tool lock the packages that uv locked. One that fails says nothing about our reader.
func (d *differential) compareFormat(dir string, f format, requirements []string, want []lock.Package) error {
	if f.tool != "uv" {
		if err := errors.Join(write(dir, "pyproject.toml", d.project(pins(requirements, want), d.index)), write(dir, "Pipfile", pipfile(requirements, want))); err != nil {
			return err
		}
	}
	if out, err := d.run(dir, f.tool, f.args...); err != nil {
		fmt.Printf(", (%s fails: %s)", f.tool, out[strings.LastIndex(out, "\n")+1:])
		return nil
	}
	got, err := d.selected(dir, f.file, f.read)
	if err != nil {
		return fmt.Errorf("is not read: %w", err)
	}
	if list := differences(want, got); len(list) > 0 {
		return fmt.Errorf("differs from uv.lock:\n%s", strings.Join(list, "\n"))
	}
	fmt.Print(", " + f.file)
	d.wrote[f.file]++
	return nil
}

// summary counts. A format of which there was not one lock was not tested.
func (d *differential) summary(count, different int) error {
	var err error
	if different > 0 {
		err = fmt.Errorf("%d of %d manifests differ", different, count)
	}
	for _, f := range d.formats {
		fmt.Printf("%-16s %d of %d manifests\n", f.file, d.wrote[f.file], count)
		if d.wrote[f.file] == 0 {
			err = errors.Join(err, fmt.Errorf("%s wrote no %s that could be compared", f.tool, f.file))
		}
	}
	return err
}

// covered tells whether all of the most downloaded packages were locked.
func (d *differential) covered(all bool) error {
	names := strings.Fields(mostDownloaded)
	missing := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return d.locked[pep508.NewName(n)] })
	fmt.Printf("%d packages, and of the %d most downloaded ones %d\n", len(d.locked), len(names), len(names)-len(missing))
	if all && len(missing) > 0 {
		return fmt.Errorf("no manifest locks %s", strings.Join(missing, " "))
	}
	return nil
}

func write(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
}
