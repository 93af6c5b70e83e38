package lock

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/wheel"
)

var (
	onLinux = regexp.MustCompile(`-any\.whl$|-(?:many|musl)?linux[^-]*\.whl$`)
	onMusl  = regexp.MustCompile(`-musllinux[^-]*\.whl$`)
)

// noWheel says why none of a package's wheels fits, as far as their names tell, and the shortest way to one that does.
func noWheel(file string, e *Entry, env Environment) error {
	minor, machine := env.Python.Minor(), env.Markers.PlatformMachine
	what := fmt.Sprintf("%s %s has no wheel for Python 3.%d on this platform, and no source distribution", e.Name, e.Version, minor)
	fix := fmt.Sprintf("lock a version of %s that has a wheel for Python 3.%d", e.Name, minor)
	here := wheel.Interpreter{Minor: minor, Machine: machine, Glibc: glibc(env)}
	switch newest, needed, other := newestMinor(e.Wheels, here), neededGlibc(e.Wheels, here), otherMachine(machine); {
	case newest > 0:
		fix = fmt.Sprintf("ask for Python 3.%d (echo 3.%d > .python-version), the newest that %s has a wheel for in this lock,\nor %s",
			newest, newest, e.Name, fix)
	case needed > 0:
		what = fmt.Sprintf("%s %s has only wheels that need glibc 2.%d, the build image has 2.%d, and there is no source distribution", e.Name, e.Version, needed, here.Glibc)
		fix = fmt.Sprintf("use a builder with a newer Linux, or lock an older version of %s", e.Name)
	case fits(e.Wheels, wheel.Interpreter{Minor: minor, Machine: other, Glibc: newestGlibc}):
		what = fmt.Sprintf("%s %s has no wheel for Linux on %s, and no source distribution", e.Name, e.Version, machine)
		fix = fmt.Sprintf("lock a version of %s that has a wheel for %s, or build the image for %s", e.Name, machine, other)
	case len(e.Wheels) > 0 && !slices.ContainsFunc(e.Wheels, func(w File) bool { return onLinux.MatchString(w.Name) }):
		what = fmt.Sprintf("%s %s has no wheel for Linux, and no source distribution", e.Name, e.Version)
		fix = fmt.Sprintf("require it only where it exists, and lock again: %s ; sys_platform != 'linux'", e.Name)
	case len(e.Wheels) > 0 && !slices.ContainsFunc(e.Wheels, func(w File) bool { return !onMusl.MatchString(w.Name) && onLinux.MatchString(w.Name) }):
		what = fmt.Sprintf("%s %s has wheels for Alpine Linux (musl) only, and no source distribution", e.Name, e.Version)
	}
	return &failure.Error{What: what, Where: file, Fix: fix}
}

// newestGlibc and newestPython are beyond what there is.
const newestGlibc, newestPython = 60, 60

func fits(wheels []File, i wheel.Interpreter) bool {
	tags := i.Tags()
	return slices.ContainsFunc(wheels, func(w File) bool { _, ok := tags.Rank(w.Name); return ok })
}

var namesPython = regexp.MustCompile(`[-.](?:cp|py)3(\d+)`)

// newestMinor is the newest Python that the name of a fitting wheel says; one for the stable ABI fits later ones, too.
func newestMinor(wheels []File, i wheel.Interpreter) int {
	newest := 0
	for _, w := range wheels {
		for _, m := range namesPython.FindAllStringSubmatch(w.Name, -1) {
			i.Minor, _ = strconv.Atoi(m[1])
			if i.Minor > newest && i.Minor < newestPython && fits([]File{w}, i) {
				newest = i.Minor
			}
		}
	}
	return newest
}

// neededGlibc is the glibc with which one of the wheels would fit.
func neededGlibc(wheels []File, i wheel.Interpreter) int {
	for i.Glibc++; i.Glibc <= newestGlibc; i.Glibc++ {
		if fits(wheels, i) {
			return i.Glibc
		}
	}
	return 0
}

// glibc is the one that the tags of an environment are for.
func glibc(env Environment) int {
	for n := newestGlibc; n > 0; n-- {
		if _, ok := env.Tags[strings.ToLower(fmt.Sprintf("py3-none-manylinux_2_%d_%s", n, env.Markers.PlatformMachine))]; ok {
			return n
		}
	}
	return 0
}

func otherMachine(machine string) string {
	if machine == "aarch64" {
		return "x86_64"
	}
	return "aarch64"
}
