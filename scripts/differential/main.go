// Command differential locks typical manifests with uv, has the formats' own tools write the same packages in theirs, and compares
// what our readers select from each: one set, whatever the format. Tools that are not on the PATH are left out.
package main

import (
	"bufio"
	_ "embed"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/wheel"
)

//go:embed manifests.txt
var manifests string

// format is a lock file, the tool that writes it, and our reader.
type format struct {
	file, tool string
	args       []string
	read       lock.Reader
}

var formats = []format{
	{"pylock.toml", "uv", strings.Fields("export --frozen --quiet --no-header --format pylock.toml --output-file pylock.toml"), lock.ReadPylockFile},
	{"requirements.txt", "uv", strings.Fields("export --frozen --quiet --no-header --format requirements.txt --output-file requirements.txt"), readRequirements},
	{"poetry.lock", "poetry", []string{"lock", "--no-interaction", "--quiet"}, lock.ReadPoetry},
	{"pdm.lock", "pdm", []string{"lock", "--quiet"}, lock.ReadPDM},
	{"Pipfile.lock", "pipenv", []string{"lock", "--quiet"}, lock.ReadPipfile},
}

func main() {
	python := flag.String("python", "", "the interpreter that the tools lock with")
	count := flag.Int("n", 1000, "how many manifests")
	only := flag.String("tools", "uv,poetry,pdm,pipenv", "the tools to ask, by commas")
	index := flag.String("index", "", "URL of the index, for tools that do not take it from the environment")
	flag.Parse()
	failed := 0
	scanner := bufio.NewScanner(strings.NewReader(manifests))
	for n := 0; scanner.Scan() && n < *count; n++ {
		if err := compare(strings.Fields(scanner.Text()), *python, *index, strings.Split(*only, ",")); err != nil {
			fmt.Println("  " + err.Error())
			failed++
		}
	}
	if failed > 0 {
		fmt.Printf("%d manifests differ\n", failed)
		os.Exit(1)
	}
}

// compare locks one manifest in every format.
func compare(requirements []string, python, index string, tools []string) error {
	dir, err := os.MkdirTemp("", "differential-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	write(dir, "pyproject.toml", project(requirements, ""))
	if out, err := run(dir, python, "uv", "lock", "--quiet"); err != nil {
		return fmt.Errorf("uv lock of %s: %w\n%s", strings.Join(requirements, " "), err, out)
	}
	want, err := selected(dir, "uv.lock", lock.ReadUV)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d packages, the same in uv.lock", strings.Join(requirements, " "), len(want))
	for _, f := range formats {
		if _, err := exec.LookPath(f.tool); err != nil || !slices.Contains(tools, f.tool) {
			continue
		}
		if f.tool != "uv" {
			write(dir, "pyproject.toml", project(want, index))
			write(dir, "Pipfile", pipfile(want))
		}
		if out, err := run(dir, python, f.tool, f.args...); err != nil {
			fmt.Printf(", (%s fails: %s)", f.tool, strings.TrimSpace(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]))
			continue
		}
		got, err := selected(dir, f.file, f.read)
		if err != nil {
			return fmt.Errorf("\n%s: %w", f.file, err)
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("\n%s differs:\n  uv.lock %s\n  it has  %s", f.file, strings.Join(without(want, got), " "), strings.Join(without(got, want), " "))
		}
		fmt.Print(", " + f.file)
	}
	fmt.Println()
	return nil
}

// selected are the packages that a lock gives CPython 3.12 on Linux, as pins.
func selected(dir, file string, read lock.Reader) ([]string, error) {
	l, err := read(os.DirFS(dir), file, lock.Request{})
	if err != nil {
		return nil, err
	}
	version, err := pep440.Parse("3.12.3")
	if err != nil {
		return nil, err
	}
	packages, err := lock.Select(l, lock.Environment{
		Markers: pep508.Linux(version, "x86_64"),
		Tags:    wheel.Interpreter{Minor: 12, Machine: "x86_64", Glibc: 36}.Tags(),
		Python:  version,
	})
	var pins []string
	for _, p := range packages {
		pins = append(pins, string(p.Name)+"=="+p.Version)
	}
	return pins, err
}

func readRequirements(app fs.FS, name string, _ lock.Request) (lock.Lock, error) {
	r, err := lock.ReadRequirements(app, name, os.Getenv)
	if err != nil {
		return lock.Lock{}, err
	}
	return r.Lock()
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(p string) bool { return slices.Contains(others, p) })
}

func project(requirements []string, index string) string {
	text := "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.12,<3.13\"\ndependencies = [\n"
	for _, r := range requirements {
		text += fmt.Sprintf("    %q,\n", r)
	}
	text += "]\n\n[tool.poetry]\npackage-mode = false\n\n[tool.pdm]\ndistribution = false\n"
	if index != "" {
		text += fmt.Sprintf("\n[[tool.poetry.source]]\nname = \"index\"\nurl = %q\n", index)
	}
	return text
}

func pipfile(pins []string) string {
	text := "[packages]\n"
	for _, pin := range pins {
		name, version, _ := strings.Cut(pin, "==")
		text += fmt.Sprintf("%q = \"==%s\"\n", name, version)
	}
	return text
}

func write(dir, name, text string) {
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		panic(err)
	}
}

func run(dir, python, tool string, args ...string) (string, error) {
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "UV_PYTHON="+python, "PIPENV_DEFAULT_PYTHON_VERSION="+python, "PIPENV_PYTHON="+python, "PDM_CHECK_UPDATE=0", "PDM_IGNORE_SAVED_PYTHON=1", "PDM_PYTHON="+python, "PIPENV_VENV_IN_PROJECT=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
