package lock_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/wheel"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testGolden(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, dir := range cases("testdata/uv/*", "testdata/requirements/*", "testdata/pylock/*", "testdata/poetry/*") {
		it("evaluates "+dir, func() {
			packages, options, err := evaluate(dir)
			golden.Compare(t, filepath.Join(dir, "want"), render(packages, options, err))
			for _, other := range []string{"uv-installs", "poetry-installs", "packaging-selects"} {
				if file, e := os.ReadFile(filepath.Join(dir, other)); e == nil && !slices.Contains(stricter, filepath.Base(dir)) {
					Expect(err).NotTo(HaveOccurred())
					Expect(agree(withoutApp(packages), strings.Fields(string(file)))).To(BeEmpty(), other)
				}
			}
			if _, e := os.Stat(filepath.Join(dir, "others-refuse")); e == nil {
				Expect(err).To(HaveOccurred(), "the format's own tool refuses it")
			}
		})
	}
}

// stricter are the cases that we refuse and packaging does not, since it looks at the file alone.
var stricter = []string{"archive-for-another-python", "mercurial", "outside-directory", "outside-file", "pdm-stale", "stale", "vcs-path", "weak-hash"}

// cases runs before there is a test, so it panics.
func cases(patterns ...string) []string {
	var list []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			panic(fmt.Sprintf("finding the cases of %s: %v", pattern, err))
		}
		list = append(list, found...)
	}
	return list
}

// evaluate reads and selects a case for the environment that its file environment names.
func evaluate(dir string) ([]lock.Package, []string, error) {
	l, err := read(dir)
	if err != nil {
		return nil, nil, err
	}
	text := "3.14.6 x86_64"
	if data, err := os.ReadFile(filepath.Join(dir, "environment")); err == nil {
		text = strings.TrimSpace(string(data))
	}
	packages, err := lock.Select(l, environment(text))
	return packages, l.Options, err
}

func environment(text string) lock.Environment {
	version, machine, _ := strings.Cut(text, " ")
	python, err := pep440.Parse(version)
	if err != nil {
		panic(err)
	}
	return lock.Environment{
		Markers: pep508.Linux(python, machine),
		Tags:    wheel.Interpreter{Minor: python.Minor(), Machine: machine, Glibc: 36}.Tags(),
		Python:  python,
	}
}

// filledIn is the app of a case, with the default index in the place of @INDEX@, as scripts/materialize.sh does for whole apps.
func filledIn(dir string) fs.FS {
	app := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		app[name] = &fstest.MapFile{Data: bytes.ReplaceAll(data, []byte("@INDEX@"), []byte(lock.DefaultIndex)), Mode: 0o644}
		return err
	})
	if err != nil {
		panic(err)
	}
	return app
}

func read(dir string) (lock.Lock, error) {
	app := os.DirFS(dir)
	switch format := filepath.Base(filepath.Dir(dir)); format {
	case "requirements":
		requirements, err := lock.ReadRequirements(app, "requirements.txt", variables)
		if err != nil {
			return lock.Lock{}, err
		}
		if !requirements.Locked() {
			return lock.Lock{}, unlocked(describe(requirements))
		}
		return requirements.Lock()
	case "poetry":
		return lock.ReadPoetry(app, "poetry.lock", request(dir))
	case "pylock":
		return lock.ReadPylockFile(app, "pylock.toml", request(dir))
	default:
		return lock.ReadUV(app, "uv.lock", request(dir))
	}
}

// request is what the file request of a case asks for: lines of "extra x", "extras x y", "group x", "groups x y" and "member x".
func request(dir string) lock.Request {
	var want lock.Request
	data, _ := os.ReadFile(filepath.Join(dir, "request"))
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		var names []pep508.Name
		for _, word := range words[1:] {
			names = append(names, pep508.NewName(word))
		}
		switch strings.TrimSuffix(words[0], "s") {
		case "extra":
			want.Extras = append(want.Extras, names...)
		case "group":
			want.Groups = append(want.Groups, names...)
		case "member":
			want.Member = names[0]
		default:
			panic(dir + " requests " + line)
		}
	}
	return want
}

// unlocked is a requirements file that is not a lock, described.
type unlocked string

func (u unlocked) Error() string { return "not a lock:\n" + string(u) }

func variables(name string) string { return "value of " + name }

func describe(r lock.Requirements) string {
	var b strings.Builder
	for _, line := range r.Lines {
		fmt.Fprintf(&b, "%s: %q direct=%t hashes=%d\n", line.Where, line.Text, line.Direct, len(line.Hashes))
	}
	for _, line := range r.Constraints {
		fmt.Fprintf(&b, "constraint, %s: %q\n", line.Where, line.Text)
	}
	for _, option := range r.Options {
		fmt.Fprintf(&b, "option: %q\n", option)
	}
	for _, option := range r.Ignored {
		fmt.Fprintf(&b, "ignored: %s\n", option)
	}
	if err := r.Bare(); err != nil {
		fmt.Fprintf(&b, "refused: %s\n", err)
	}
	return b.String()
}

// render gives the canonical pylock, else hashed requirements, else the error.
func render(packages []lock.Package, options []string, err error) string {
	var owners *failure.Error
	switch {
	case errors.As(err, &owners):
		return "error: " + err.Error() + "\n"
	case errors.As(err, new(unlocked)):
		return err.Error()
	case err != nil:
		return "error, not the owner's: " + err.Error() + "\n"
	}
	var located, others []lock.Package
	for _, p := range packages {
		if p.Located() {
			located = append(located, p)
		} else {
			others = append(others, p)
		}
	}
	text, ok := lock.WritePylock(located)
	if !ok {
		return "a located package has no file\n"
	}
	if len(others) == 0 {
		return text
	}
	return inParts(packages, options)
}

// inParts gives what one installation cannot do as the several that it takes: what is located, then the rest by index.
func inParts(packages []lock.Package, options []string) string {
	byIndex, located := map[string][]lock.Package{}, []lock.Package{}
	for _, p := range packages {
		if p.Located() {
			located = append(located, p)
		} else {
			byIndex[p.Index] = append(byIndex[p.Index], p)
		}
	}
	var text string
	if len(located) > 0 {
		text, _ = lock.WritePylock(located)
		text += "\n"
	}
	for _, index := range slices.Sorted(maps.Keys(byIndex)) {
		if index != "" {
			text += "# from " + index + "\n"
		}
		text += lock.WriteRequirements(byIndex[index], options)
	}
	return text
}

// withoutApp leaves out the app itself, which the others are told not to install.
func withoutApp(packages []lock.Package) []lock.Package {
	return slices.DeleteFunc(slices.Clone(packages), func(p lock.Package) bool { return p.Origin != nil && p.Origin.Directory == "." })
}

// agree lists the differences to what another tool installs: name==version, or the name alone when it says no version.
func agree(packages []lock.Package, others []string) []string {
	versions, differences := map[string]string{}, []string{}
	for _, p := range packages {
		versions[string(p.Name)] = p.Version
	}
	for _, other := range others {
		name, version, pinned := strings.Cut(other, "==")
		if ours, ok := versions[name]; !ok || pinned && ours != version {
			differences = append(differences, fmt.Sprintf("%s, ours %q", other, ours))
		}
		delete(versions, name)
	}
	for name, version := range versions {
		differences = append(differences, "only ours: "+name+" "+version)
	}
	return differences
}
