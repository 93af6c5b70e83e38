package lock_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/lock"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// readers are the formats whose cases state what is read of a lock before what is selected from it.
var readers = map[string]struct {
	file string
	read lock.Reader
}{
	"pdm":     {"pdm.lock", lock.ReadPDM},
	"pipfile": {"Pipfile.lock", lock.ReadPipfile},
}

func testPDMAndPipfile(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, dir := range cases("testdata/pdm/*", "testdata/pipfile/*") {
		it("evaluates "+dir, func() {
			format := readers[filepath.Base(filepath.Dir(dir))]
			l, err := format.read(filledIn(dir), format.file, request(dir))
			var packages []lock.Package
			if err == nil {
				packages, err = lock.Select(l, caseEnvironment(dir))
			}
			golden.Compare(t, filepath.Join(dir, "want"), facts(l)+renderAll(packages, l.Options, err))
			if file, e := os.ReadFile(filepath.Join(dir, "installs")); e == nil {
				Expect(err).NotTo(HaveOccurred())
				project := func(p lock.Package) bool { return p.Origin != nil && p.Origin.Directory == "." }
				Expect(agree(slices.DeleteFunc(packages, project), versioned(packages, string(file)))).To(BeEmpty(), "what the format's own tool installs")
			}
		})
	}
}

// request reads lines such as "extra fast" and "group docs".

func caseEnvironment(dir string) lock.Environment {
	data, err := os.ReadFile(filepath.Join(dir, "environment"))
	if err != nil {
		return environment("3.12.1 x86_64")
	}
	return environment(strings.TrimSpace(string(data)))
}

// facts are what the reader says of the lock as a whole.
func facts(l lock.Lock) string {
	var b strings.Builder
	for _, line := range [][2]string{{"matches", l.Matches}, {"python", l.Python}, {"where", l.PyWhere}} {
		if line[1] != "" {
			fmt.Fprintf(&b, "# %s: %s\n", line[0], line[1])
		}
	}
	for _, m := range l.Environments {
		fmt.Fprintf(&b, "# environment: %s\n", m)
	}
	return b.String()
}

// renderAll writes what Install gives uv: a pylock of what has a place, and requirements for each index.
func renderAll(packages []lock.Package, options []string, err error) string {
	var owners *failure.Error
	if errors.As(err, &owners) {
		return "error: " + err.Error() + "\n"
	}
	if err != nil {
		return "error, not the owner's: " + err.Error() + "\n"
	}
	located, byIndex := []lock.Package{}, map[string][]lock.Package{}
	for _, p := range packages {
		if p.Located() {
			located = append(located, p)
		} else {
			byIndex[p.Index] = append(byIndex[p.Index], p)
		}
	}
	text, _ := lock.WritePylock(located)
	for _, option := range options {
		text += "option: " + option + "\n"
	}
	indexes := []string{}
	for index := range byIndex {
		indexes = append(indexes, index)
	}
	slices.Sort(indexes)
	for _, index := range indexes {
		text += fmt.Sprintf("\nfrom %q:\n%s", index, lock.WriteRequirements(byIndex[index], nil))
	}
	return text
}

// versioned takes the version off what the tool installs where the lock has none: directories and commits.
func versioned(packages []lock.Package, text string) []string {
	list := strings.Fields(text)
	for i, line := range list {
		name, _, _ := strings.Cut(line, "==")
		if slices.ContainsFunc(packages, func(p lock.Package) bool { return string(p.Name) == name && p.Version == "" }) {
			list[i] = name
		}
	}
	return list
}

// optional is a file of a case, or nothing.
func optional(dir, name string) []byte {
	data, _ := os.ReadFile(filepath.Join(dir, name))
	return data
}
