package install

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/lockstep/python/internal/command"
)

//go:embed worker.py
var worker string

// chunkSize is how many files one process compiles. It is part of the bytes (see worker.py), so it never depends on the machine.
const chunkSize = 64

// Source is one file to compile.
type Source struct {
	Path   string // where the source is now
	Name   string // its path in the image, which goes into the code object
	Output string // where the bytecode goes
}

// Failed is a source that does not compile.
type Failed struct {
	Name    string
	Line    int
	Message string
}

// Interpreter is a CPython that can be run now.
type Interpreter struct {
	Prefix string // holds bin/ and lib/
	Minor  int    // 14 for 3.14
}

// Python is the program's path.
func (i Interpreter) Python() string {
	return filepath.Join(i.Prefix, "bin", fmt.Sprintf("python3.%d", i.Minor))
}

// Compile compiles groups of sources. The bytecode of a group depends on the group and the interpreter alone. Sources that
// do not compile (templates, code for another Python) are left without bytecode and returned.
func Compile(ctx context.Context, run command.Runner, python Interpreter, groups [][]Source) ([]Failed, error) {
	if !slices.ContainsFunc(groups, func(group []Source) bool { return len(group) > 0 }) {
		return nil, nil
	}
	var out, errs bytes.Buffer
	err := run(ctx, command.Command{
		Path: python.Python(),
		Args: []string{"-s", "-S", "-W", "ignore", "-c", worker, strconv.Itoa(runtime.NumCPU())},
		Dir:  "/",
		Env:  []string{"PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", "PYTHONPYCACHEPREFIX=/nonexistent", "PYTHONUTF8=1", "LC_ALL=C"},
		In:   strings.NewReader(orders(groups)),
		Out:  &out,
		Err:  &errs,
	})
	if command.Status(err) == int(syscall.ENOSPC) {
		err = syscall.ENOSPC
	}
	if err != nil {
		return nil, fmt.Errorf("compiling bytecode: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	return failures(out.String()), nil
}

// orders is what worker.py reads: the three paths of each source, and an empty one where a chunk ends.
func orders(groups [][]Source) string {
	var in strings.Builder
	for _, group := range groups {
		for i, s := range group {
			in.WriteString(s.Path + "\x00" + s.Name + "\x00" + s.Output + "\x00")
			if i%chunkSize == chunkSize-1 {
				in.WriteString("\x00")
			}
		}
		in.WriteString("\x00")
	}
	return in.String()
}

func failures(out string) []Failed {
	var list []Failed
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if parts := strings.SplitN(line, "\t", 3); len(parts) == 3 {
			n, _ := strconv.Atoi(parts[1])
			list = append(list, Failed{parts[0], n, parts[2]})
		}
	}
	slices.SortFunc(list, func(a, b Failed) int { return strings.Compare(a.Name, b.Name) }) // they come as the processes end
	return list
}

// Sources lists the Python files under dir, sorted, for the bytecode to stand beside them in __pycache__. name is the
// directory's path in the image. Directories that skip refuses are left out.
func Sources(dir, name string, minor int, skip func(rel string) bool) ([]Source, error) {
	var list []Source
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if entry.IsDir() && rel != "." && skip(rel) {
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() && strings.HasSuffix(rel, ".py") {
			list = append(list, Source{Path: path, Name: filepath.Join(name, rel), Output: cached(path, minor)})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for Python files: %w", err)
	}
	return list, nil
}

// cached is where CPython looks for the bytecode of a source (PEP 3147).
func cached(source string, minor int) string {
	base := strings.TrimSuffix(filepath.Base(source), ".py")
	return filepath.Join(filepath.Dir(source), "__pycache__", fmt.Sprintf("%s.cpython-3%d.pyc", base, minor))
}

// Tests tells the directories of packages' own tests, which nothing imports in production.
func Tests(rel string) bool { return filepath.Base(rel) == "tests" }
