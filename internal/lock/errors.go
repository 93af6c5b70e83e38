package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep440"
)

// unreadable is TOML that cannot be parsed; the position is in it.
func unreadable(file string, err error) error {
	var parse toml.ParseError
	where, what := file, err.Error()
	if asParse(err, &parse) {
		where = fmt.Sprintf("%s, line %d", file, parse.Position.Line)
		what = parse.Message
		if what == "" {
			what = strings.TrimPrefix(err.Error(), "toml: ")
		}
	}
	fix := "correct that line"
	if file == "uv.lock" {
		fix = "run 'uv lock' and commit the new uv.lock; a merge may have left conflict markers in it"
	}
	return &failure.Error{What: fmt.Sprintf("%s is not valid TOML: %s", file, what), Where: where, Fix: fix}
}

func asParse(err error, into *toml.ParseError) bool {
	p, ok := err.(toml.ParseError)
	*into = p
	return ok
}

func noEntry(file string, d Dependency) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s asks for %s %s but has no package of that name and version", file, d.Name, d.Version),
		Where: file,
		Fix:   "lock again and commit the new file; do not edit it by hand",
	}
}

func twoVersions(file string, a, b *Entry) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s selects %s twice for this Python and platform: %s and %s", file, a.Name, a.Version, b.Version),
		Where: file,
		Fix:   "lock again; if it stays, the markers of the two overlap: make them exclude each other in pyproject.toml",
	}
}

// noWheel names the newest Python that the lock has a wheel for.
func noWheel(file string, e *Entry, python pep440.Version) error {
	fix := fmt.Sprintf("lock a version of %s that has a wheel for Python 3.%d", e.Name, python.Minor())
	if minor := newestMinor(e.Wheels); minor > 0 && minor != python.Minor() {
		fix = fmt.Sprintf("ask for Python 3.%d (echo 3.%d > .python-version), the newest that %s has a wheel for in this lock,\nor %s",
			minor, minor, e.Name, fix)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s %s has no wheel for Python 3.%d on this platform, and no source distribution", e.Name, e.Version, python.Minor()),
		Where: file,
		Fix:   fix,
	}
}

var cpythonTag = regexp.MustCompile(`-cp3(\d+)-cp3\d+-(manylinux|linux)`)

func newestMinor(wheels []File) int {
	newest := 0
	for _, w := range wheels {
		if m := cpythonTag.FindStringSubmatch(w.Name); m != nil {
			n, _ := strconv.Atoi(m[1])
			newest = max(newest, n)
		}
	}
	return newest
}

func unreadableRequirements(name, from string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
		return unreadableFile(name, err)
	}
	if from == "" {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s includes %s, which does not exist in the app dir", from, name),
		Where: from,
		Fix:   "commit that file, correct the path (it is relative to the file that includes it), or remove the line",
	}
}

func unreadableFile(name string, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s cannot be read: %s", name, reason(err)),
		Where: name,
		Fix:   "make it readable for everybody: chmod 644 " + name,
		Err:   err,
	}
}

// reason is the system's word for what went wrong with a file, without the path.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

func badRequirement(text, where string, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("%q is not a requirement: %s", text, err),
		Where: where,
		Fix:   "write a name and an optional version, such as flask==3.1.2, on a line of its own",
	}
}
