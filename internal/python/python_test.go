package python_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/python"
)

var endOfLife = map[string]string{"2.7": "2020-01-01", "3.8": "2024-10-07", "3.9": "2025-10-31", "3.10": "2026-10-31", "3.14": "2030-10-31"}

func releases(t *testing.T, versions ...string) []python.Release {
	t.Helper()
	var list []python.Release
	for i, text := range versions {
		version, err := pep440.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, python.Release{Version: version, Index: i})
	}
	return list
}

// pinned is in no order, as a file may be.
func pinned(t *testing.T) []python.Release {
	return releases(t, "3.13.13", "3.14.6", "3.14.7", "3.10.20", "3.10.21", "3.12.13", "3.12.14", "3.11.15", "3.13.14")
}

const (
	setting = "BP_CPYTHON_VERSION"
	file    = ".python-version"
	heroku  = "runtime.txt"
	project = "pyproject.toml, project.requires-python"
)

// ask makes requests of sources and texts in turn.
func ask(words ...string) []python.Request {
	var list []python.Request
	for pair := range slices.Chunk(words, 2) {
		list = append(list, python.Request{Source: pair[0], Text: pair[1]})
	}
	return list
}

func testResolve(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		requests []python.Request
		want     string
		reason   string
	}{
		{nil, "3.14.7", "default; write a .python-version file to choose"},
		{ask(file, "3"), "3.14.7", ".python-version asks for 3"},
		{ask(file, "3.13"), "3.13.14", ".python-version asks for 3.13"},
		{ask(file, " 3.13 "), "3.13.14", ".python-version asks for 3.13"},
		{ask(file, "3.13.14"), "3.13.14", ".python-version asks for 3.13.14"},
		{ask(file, "3.13.13"), "3.13.13", ".python-version asks for 3.13.13"},
		{ask(file, "3.13.*"), "3.13.14", ".python-version asks for 3.13.*"},
		{ask(file, "==3.13.*"), "3.13.14", ".python-version asks for ==3.13.*"},
		{ask(file, "cpython-3.12"), "3.12.14", ".python-version asks for cpython-3.12"},
		{ask(file, "cpython@3.12.13"), "3.12.13", ".python-version asks for cpython@3.12.13"},
		{ask(file, "python3.12"), "3.12.14", ".python-version asks for python3.12"},
		{ask(heroku, "python-3.12.13"), "3.12.13", "runtime.txt asks for python-3.12.13"},
		{ask(heroku, "python-3.12"), "3.12.14", "runtime.txt asks for python-3.12"},
		{ask(project, ">=3.12"), "3.14.7", project + " asks for >=3.12"},
		{ask(project, ">=3.11,\n  <4"), "3.14.7", project + " asks for >=3.11, <4"},
		{ask(project, "~=3.12.0"), "3.12.14", project + " asks for ~=3.12.0"},
		{ask(project, "<3.13"), "3.12.14", project + " asks for <3.13"},
		{ask(project, "!=3.14.*,>=3.10"), "3.13.14", project + " asks for !=3.14.*,>=3.10"},
		{ask(setting, "3.10"), "3.10.21", setting + " asks for 3.10"}, // at its end of life, but still pinned
		// Several wishes: those that decide are named.
		{ask(file, "3.13", project, ">=3.11"), "3.13.14", ".python-version asks for 3.13"},
		{ask(setting, ">=3.12", file, "3.13", project, ">=3.11"), "3.13.14", setting + " asks for >=3.12, .python-version asks for 3.13"},
		{ask(file, "3.13", heroku, "python-3.13.13"), "3.13.13", ".python-version asks for 3.13, runtime.txt asks for python-3.13.13"},
	} {
		var texts []string
		for _, r := range c.requests {
			texts = append(texts, r.Source+" "+r.Text)
		}
		it("chooses for: "+strings.Join(texts, "; "), func() {
			list := pinned(t)
			choice, err := python.Resolve(c.requests, "", list, endOfLife)
			Expect(err).NotTo(HaveOccurred())
			Expect(choice.Release.Version.String()).To(Equal(c.want))
			Expect(choice.Reason).To(Equal(c.reason))
			Expect(list).To(Equal(pinned(t)))
			Expect(list[choice.Release.Index].Version.String()).To(Equal(c.want))
		})
	}

	for _, c := range []struct {
		name     string
		releases []string
		want     string
	}{
		{"a new minor has no patch release yet", []string{"3.15.0", "3.14.6"}, "3.14.6"},
		{"there is nothing else", []string{"3.15.0", "3.16.0a1"}, "3.15.0"},
		{"there are only pre-releases", []string{"3.15.0a1", "3.15.0b1"}, "3.15.0b1"},
	} {
		it("has a default when "+c.name, func() {
			choice, err := python.Resolve(nil, "", releases(t, c.releases...), nil)
			Expect(err).NotTo(HaveOccurred())
			Expect(choice.Release.Version.String()).To(Equal(c.want))
		})
	}

	it("takes a minor without a patch release when asked for it", func() {
		choice, err := python.Resolve(ask(file, "3.15"), "", releases(t, "3.15.0", "3.14.6"), nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(choice.Release.Version.String()).To(Equal("3.15.0"))
	})

	for _, c := range []struct {
		name     string
		previous string
		requests []python.Request
		want     string
		reason   string
	}{
		{"keeps the minor of the previous image", "3.13", nil, "3.13.14", "the previous image has 3.13; ask for 3.14 in .python-version to move on"},
		{"keeps it within a range", "3.13", ask(project, ">=3.11"), "3.13.14", project + " asks for >=3.11, the previous image has 3.13; ask for 3.14 in .python-version to move on"},
		{"does not speak of it when it is what would be chosen anyway", "3.14", nil, "3.14.7", "default; write a .python-version file to choose"},
		{"leaves it when a wish excludes it", "3.13", ask(file, "3.12"), "3.12.14", ".python-version asks for 3.12"},
		{"leaves it when it is no longer pinned", "3.9", nil, "3.14.7", "default; write a .python-version file to choose"},
	} {
		it(c.name, func() {
			choice, err := python.Resolve(c.requests, c.previous, pinned(t), endOfLife)
			Expect(err).NotTo(HaveOccurred())
			Expect(choice.Release.Version.String()).To(Equal(c.want))
			Expect(choice.Reason).To(Equal(c.reason))
		})
	}

	it("takes a pre-release only when asked for it", func() {
		list := releases(t, "3.14.6", "3.15.0rc1")
		choice, err := python.Resolve(ask(project, ">=3.14"), "", list, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(choice.Release.Index).To(Equal(0))
		choice, err = python.Resolve(ask(file, "3.15.0rc1"), "", list, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(choice.Release.Index).To(Equal(1))
	})

	it("says when nothing is pinned, which is no fault of the owner's", func() {
		for _, requests := range [][]python.Request{nil, ask(file, "3.13")} {
			_, err := python.Resolve(requests, "", nil, endOfLife)
			Expect(err).To(MatchError("choosing a Python: buildpack.toml pins none for this platform"))
			Expect(errors.As(err, new(*failure.Error))).To(BeFalse())
		}
	})
}

func testMessages(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const (
		anyOf = "\n  fix: ask for 3.10 to 3.14, such as 3.14"
		write = "\n  fix: write 3.13, 3.13.14 or a range such as >=3.12,<3.14"
		where = "\n  where: .python-version"
	)

	for _, c := range []struct {
		name     string
		requests []python.Request
		want     string
	}{
		{"a minor at its end of life", ask(file, "3.9"), "Python 3.9 reached its end of life on 2025-10-31 and gets no security fixes any more" + where + anyOf},
		{"a release of such a minor", ask(heroku, "python-3.9.18"), "Python 3.9 reached its end of life on 2025-10-31 and gets no security fixes any more\n  where: runtime.txt" + anyOf},
		{"such a minor as a range", ask(project, "~=3.8.1"), "Python 3.8 reached its end of life on 2024-10-07 and gets no security fixes any more\n  where: " + project + anyOf},
		{"Python 2", ask(file, "2.7.18"), "Python 2.7 reached its end of life on 2020-01-01 and gets no security fixes any more" + where + anyOf},
		{"Python 2 without a minor", ask(file, "2"), `this buildpack has no Python that meets "2"` + where + anyOf},
		{"a minor that does not exist", ask(file, "3.99"), `this buildpack has no Python that meets "3.99"` + where + anyOf},
		{"a range below all", ask(project, "<3.9"), `this buildpack has no Python that meets "<3.9"` + "\n  where: " + project + anyOf},
		{"a range above all", ask(project, ">=3.15"), `this buildpack has no Python that meets ">=3.15"` + "\n  where: " + project + anyOf},
		{"a patch that is not pinned", ask(file, "3.13.1"), `this buildpack has no Python that meets "3.13.1"; of 3.13 it has 3.13.14 and 3.13.13` + where +
			"\n  fix: ask for 3.13, which takes the newest patch release"},
		{"such a patch in runtime.txt", ask(heroku, "python-3.11.4"), `this buildpack has no Python that meets "python-3.11.4"; of 3.11 it has 3.11.15` + "\n  where: runtime.txt" +
			"\n  fix: ask for 3.11, which takes the newest patch release"},
		{"a minor that was taken for a release", ask(project, "==3.13"), `this buildpack has no Python that meets "==3.13"; of 3.13 it has 3.13.14 and 3.13.13` + "\n  where: " + project +
			"\n  fix: ask for 3.13, which takes the newest patch release"},
		{"a release candidate", ask(file, "3.14.0rc1"), `this buildpack has no Python that meets "3.14.0rc1"` + where + anyOf},

		{"the free-threaded build", ask(file, "3.14t"), `"3.14t" asks for the free-threaded build of CPython, which this buildpack does not install` + where +
			"\n  fix: ask for the usual build: 3.14"},
		{"the free-threaded build, a release", ask(file, "cpython-3.14.6t"), `"cpython-3.14.6t" asks for the free-threaded build of CPython, which this buildpack does not install` + where +
			"\n  fix: ask for the usual build: 3.14.6"},
		{"the free-threaded build, as uv writes it", ask(file, "3.14+freethreaded"), `"3.14+freethreaded" asks for the free-threaded build of CPython, which this buildpack does not install` + where +
			"\n  fix: ask for the usual build: 3.14"},
		{"PyPy", ask(file, "pypy3.10-7.3.17"), `"pypy3.10-7.3.17" is not a version of CPython, the only Python that this buildpack installs` + where + write},
		{"conda", ask(file, "miniconda3-24.7"), `"miniconda3-24.7" is not a version of CPython, the only Python that this buildpack installs` + where + write},
		{"the system's", ask(file, "system"), `"system" is not a version of CPython, the only Python that this buildpack installs` + where + write},

		{"words", ask(file, "latest"), `"latest" is not a Python version` + where + write},
		{"nothing", ask(setting, "  "), `"" is not a Python version` + "\n  where: " + setting + write},
		{"a prefix alone", ask(heroku, "python-"), `"python-" is not a Python version` + "\n  where: runtime.txt" + write},
		{"commas alone", ask(setting, ", ,"), `", ," is not a Python version` + "\n  where: " + setting + write},
		{"Poetry's caret", ask(file, "^3.11"), `"^3.11" is not a Python version` + where + write},
		{"two versions", ask(file, "3.12,3.13"), `"3.12,3.13" is not a Python version` + where + write},
		{"a dot too many", ask(file, "3.13."), `"3.13." is not a Python version` + where + write},
		{"letters", ask(file, "3.x"), `"3.x" is not a Python version` + where + write},
		{"pyenv's development versions", ask(file, "3.14-dev"), `"3.14-dev" is not a Python version` + where + write},
		{"control characters", ask(file, "3.13\x1b[31m\x00\u202e\xff"), `"3.13�[31m���" is not a Python version` + where + write},
		{"quotes", ask(file, `"3.13"`), `"\"3.13\"" is not a Python version` + where + write},
		{"a file of another kind", ask(file, strings.Repeat("é", 5000)), `"` + strings.Repeat("é", 60) + `…" is not a Python version` + where + write},

		{"two that contradict", ask(file, "3.12", project, ">=3.13"),
			"no Python meets all wishes: .python-version asks for 3.12, but " + project + " asks for >=3.13\n  where: " + project +
				"\n  fix: ask for 3.14 in .python-version, or let " + project + " allow 3.12"},
		{"two releases of a minor", ask(file, "3.13.14", heroku, "python-3.13.13"),
			"no Python meets all wishes: .python-version asks for 3.13.14, but runtime.txt asks for python-3.13.13\n  where: runtime.txt" +
				"\n  fix: ask for 3.13 in .python-version, or let runtime.txt allow 3.13.14"},
		{"a third that contradicts the second", ask(setting, ">=3.11", file, "3.12", project, ">=3.13"),
			"no Python meets all wishes: .python-version asks for 3.12, but " + project + " asks for >=3.13\n  where: " + project +
				"\n  fix: ask for 3.14 in .python-version, or let " + project + " allow 3.12"},
		{"a third that contradicts both", ask(setting, "3.12", file, "<3.13", project, ">=3.13"),
			"no Python meets all wishes: " + setting + " asks for 3.12, .python-version asks for <3.13, but " + project + " asks for >=3.13\n  where: " + project +
				"\n  fix: make them agree: change one of " + setting + ", .python-version and " + project},
		{"three that contradict only together", ask(setting, ">=3.12", file, "<3.14", project, "!=3.12.*,!=3.13.*"),
			"no Python meets all wishes: " + setting + " asks for >=3.12, .python-version asks for <3.14, but " + project + " asks for !=3.12.*,!=3.13.*\n  where: " + project +
				"\n  fix: make them agree: change one of " + setting + ", .python-version and " + project},
	} {
		it("explains "+c.name, func() {
			_, err := python.Resolve(c.requests, "", pinned(t), endOfLife)
			Expect(err).To(MatchError(c.want))
			Expect(errors.As(err, new(*failure.Error))).To(BeTrue())
		})
	}

	it("does not speak of a range where there is one minor", func() {
		_, err := python.Resolve(ask(file, "3.99"), "", releases(t, "3.14.6"), nil)
		Expect(err).To(MatchError(HaveSuffix("fix: ask for 3.14")))
	})
}

func testReadVersionFile(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"a line", "3.13\n", []string{"3.13"}},
		{"a line without an end", "3.13", []string{"3.13"}},
		{"comments and blank lines", "# for all of us\n\n  \n3.13 # newest\n", []string{"3.13"}},
		{"several versions", "3.13.14\n3.12.3\npypy3.10\n", []string{"3.13.14", "3.12.3", "pypy3.10"}},
		{"several versions on a line", "3.13.14 3.12.3\n", []string{"3.13.14", "3.12.3"}},
		{"a specifier with blanks", ">= 3.12, < 3.14\n", []string{">= 3.12, < 3.14"}},
		{"a specifier that begins as a version", "3.12, <3.14\n", []string{"3.12, <3.14"}},
		{"Windows line ends", "\r\n3.13\r\n3.12\r\n", []string{"3.13", "3.12"}},
		{"blanks around it", "\t python-3.13.2 \n", []string{"python-3.13.2"}},
		{"comments alone", "# 3.13\n", nil},
		{"nothing", "", nil},
	} {
		it("reads "+c.name, func() { Expect(python.ReadVersionFile(c.data)).To(Equal(c.want)) })
	}
}
