// Package install puts files into layers: CPython from its archive, packages by uv, bytecode for both, a virtual environment
// that ties them together. Data in (a release, packages, directories), files out; which layer is made and why is not known here.
package install

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lockstep/python/internal/archive"
)

// Rules is the version of what this package does to files. It is part of every layer's key: raise it when the files of a
// layer would come out different from the same inputs.
const Rules = "2"

// Wanted keeps what a build or an app can use of a python-build-standalone archive: no Tk, no IDLE, no pip, no test modules.
func Wanted(name string) bool {
	dir, rest, _ := strings.Cut(name, "/")
	switch dir {
	case "bin":
		return strings.HasPrefix(rest, "python") && !strings.HasSuffix(rest, "-config")
	case "include":
		return true
	case "lib":
		return !dropped.MatchString(rest) && !strings.Contains(rest, "__pycache__")
	}
	return false
}

var dropped = regexp.MustCompile(`^(python3\.\d+/(idlelib|tkinter|turtledemo|turtle\.py|ensurepip|lib2to3|pydoc_data|test|site-packages|` +
	`lib-dynload/(_tkinter|_test|_ctypes_test|_xxtestfuzz|xxlimited|xxsubtype)[^/]*)(/|$)|tcl|tk|itcl|thread|libtcl|libtk|.*\.a$)`)

// InstallCPython unpacks the archive of a release into prefix. home is the prefix that the files will have in the image.
func InstallCPython(file, prefix, home string, minor int) (Interpreter, error) {
	if err := os.MkdirAll(prefix, 0o755); err != nil {
		return Interpreter{}, fmt.Errorf("making the directory of CPython: %w", err)
	}
	if err := archive.Unpack(file, prefix, Wanted); err != nil {
		return Interpreter{}, err
	}
	return Interpreter{Prefix: prefix, Minor: minor}, patchSysconfig(prefix, home)
}

// Trim removes what only builds of packages need: headers and, unless the interpreter or a package links it, the shared
// library, a quarter of the layer.
func (i Interpreter) Trim(libpython bool) error {
	patterns := []string{"include", "lib/pkgconfig", "lib/python3.*/config-*"}
	program, err := readELF(i.Python())
	if err == nil && !program.needsLibpython() && !libpython {
		patterns = append(patterns, "lib/libpython*")
	}
	for _, pattern := range patterns {
		found, e := filepath.Glob(filepath.Join(i.Prefix, pattern))
		err = errors.Join(err, e)
		for _, name := range found {
			err = errors.Join(err, os.RemoveAll(name))
		}
	}
	if err != nil {
		return fmt.Errorf("slimming CPython: %w", err)
	}
	return nil
}

// patchSysconfig makes the build configuration true for where CPython stands and for the compilers that images have:
// upstream's names its own build directory and clang.
func patchSysconfig(prefix, home string) error {
	for _, pattern := range []string{"lib/python3.*/_sysconfigdata_*.py", "lib/python3.*/_sysconfig_vars__*.json"} {
		found, err := filepath.Glob(filepath.Join(prefix, pattern))
		if err != nil {
			return err
		}
		for _, name := range found {
			data, err := os.ReadFile(name)
			if err == nil {
				err = os.WriteFile(name, []byte(sysconfig(string(data), home)), 0o644)
			}
			if err != nil {
				return fmt.Errorf("patching %s: %w", path.Base(name), err)
			}
		}
	}
	return nil
}

var (
	buildPrefix = regexp.MustCompile(`(^|[\s'"=:])/install([/'"\s]|$)`)
	compilers   = strings.NewReplacer("/tools/llvm/bin/", "", "clang++", "c++", "clang", "cc", "llvm-ar", "ar")
	compiler    = regexp.MustCompile(`([\s'"=]|^)(?:/tools/llvm/bin/)?(clang\+\+|clang|llvm-ar)([\s'"]|$)`)
)

func sysconfig(text, home string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.Contains(line, "CONFIG_ARGS") {
			continue
		}
		for range 2 { // what stands between two neighbors belongs to the first match
			line = buildPrefix.ReplaceAllString(line, "${1}"+home+"${2}")
		}
		lines[i] = compiler.ReplaceAllStringFunc(line, compilers.Replace)
	}
	return strings.Join(lines, "\n")
}
