package lock_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// constrained reads what Poetry makes of constraints: the versions it was asked about, then for each text those that it takes.
func constrained(file string) (versions []string, lines [][2]string) {
	data, err := os.ReadFile("testdata/poetry-constraints/" + file)
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			versions = strings.Fields(rest)
			continue
		}
		text, takes, _ := strings.Cut(line, "\t")
		lines = append(lines, [2]string{text, takes})
	}
	return versions, lines
}

func testPoetry(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("refuses a lock whose manifest is not there", func() {
		app := os.DirFS("testdata/poetry/2.1-tool")
		_, err := lock.ReadPoetry(app, "poetry.lock", lock.Request{})
		Expect(err).NotTo(HaveOccurred())
		data, err := fs.ReadFile(app, "poetry.lock")
		Expect(err).NotTo(HaveOccurred())
		_, err = lock.ReadPoetry(files("poetry.lock", string(data)), "poetry.lock", lock.Request{})
		Expect(err).To(MatchError("there is no pyproject.toml, which poetry.lock was made from\n  where: poetry.lock\n  fix: commit pyproject.toml too, or remove poetry.lock"))
	})

	it("takes the versions that Poetry takes", func() {
		versions, lines := constrained("constraints.txt")
		Expect(lines).NotTo(BeEmpty())
		for _, line := range lines {
			takes, err := lock.Allowed(line[0], versions)
			if line[1] == "error" {
				Expect(err).To(HaveOccurred(), line[0])
				continue
			}
			Expect(err).NotTo(HaveOccurred())
			Expect(strings.Join(takes, " ")).To(Equal(line[1]), line[0])
		}
	})

	it("takes the Pythons that Poetry takes", func() {
		versions, lines := constrained("python.txt")
		Expect(lines).NotTo(BeEmpty())
		for _, line := range lines {
			text, specifier, err := lock.OnPython(line[0])
			Expect(err).NotTo(HaveOccurred())
			marker, err := pep508.ParseMarker("python_version != '' and " + "(" + orAny(text) + ")")
			Expect(err).NotTo(HaveOccurred())
			specifiers, err := pep440.ParseSpecifiers(specifier)
			Expect(err).NotTo(HaveOccurred())
			var holds []string
			for _, version := range versions {
				python, err := pep440.Parse(version)
				Expect(err).NotTo(HaveOccurred())
				if marker.Evaluate(pep508.Linux(python, "x86_64")) {
					holds = append(holds, version)
					Expect(python.Major() != 3 || specifiers.Contains(python)).To(BeTrue(), specifier+" of "+line[0]+" leaves out "+version)
				}
			}
			Expect(strings.Join(holds, " ")).To(Equal(line[1]), line[0])
		}
	})

	it("refuses a file at a URL without a hash", func() {
		dir := "testdata/poetry/2.1-elsewhere"
		file := regexp.MustCompile(`\{file = "colors[^}]*\},`).ReplaceAll(optional(dir, "poetry.lock"), nil)
		l, err := lock.ReadPoetry(files("poetry.lock", string(file), "pyproject.toml", string(optional(dir, "pyproject.toml"))), "poetry.lock", lock.Request{})
		Expect(err).NotTo(HaveOccurred())
		_, err = lock.Select(l, environment("3.14.6 x86_64"))
		Expect(err).To(MatchError(ContainSubstring("poetry.lock does not say which hash colors has, which comes from https://")))
	})

	it("says a manifest without a lock as requirements", func() {
		lines, err := lock.PoetryRequirements([]byte(`
[tool.poetry.dependencies]
python = "^3.11"
Web_App = "^1.2"
any = "*"
pinned = "1.2.3"
tilde = { version = "~1.2", extras = ["b", "A"], python = "<3.13 || >=3.14", platform = "linux" }
several = [{ version = "<2", python = "~3.11" }, { version = ">=2", markers = "python_version >= '3.12'" }]
optional = { version = "*", optional = true }
pre = { version = "*", allow-prereleases = true }
git = { git = "git@git.example:a/b.git", tag = "v1", subdirectory = "sub" }
https = { git = "https://git.example/a.git", branch = "main", extras = ["x"] }
lib = { path = "lib", develop = true, markers = "sys_platform == 'linux'" }
wheel = { file = "./wheels/w-1.0-py3-none-any.whl" }
archive = { url = "https://files.example/a.zip", subdirectory = "s" }
`))
		Expect(err).NotTo(HaveOccurred())
		Expect(lines).To(Equal([]string{
			"Web_App>=1.2,<2",
			"any",
			"archive @ https://files.example/a.zip#subdirectory=s",
			"git @ git+ssh://git@git.example/a/b.git@v1#subdirectory=sub",
			"https[x] @ git+https://git.example/a.git@main",
			"lib @ ./lib ; sys_platform == 'linux'",
			"pinned==1.2.3",
			"pre>=0.dev0",
			`several<2 ; python_full_version >= "3.11" and python_full_version < "3.12"`,
			"several>=2 ; python_version >= '3.12'",
			`tilde[a,b]>=1.2,<1.3 ; (python_full_version < "3.13" or python_full_version >= "3.14") and (sys_platform == "linux")`,
			"wheel @ ./wheels/w-1.0-py3-none-any.whl",
		}))
		for _, line := range lines {
			_, err := pep508.Parse(line)
			Expect(err).NotTo(HaveOccurred())
		}
	})

	it("takes the dependencies of [project], and the places that Poetry's table gives them", func() {
		Expect(lock.PoetryRequirements([]byte(`
project.dependencies = ["web[tls]>=1 ; python_version > '3'", "Lib>=0.3"]
tool.poetry.dependencies = { lib = { path = "lib" }, web = { source = "private" }, more = "*" }
`))).To(Equal([]string{"web[tls]>=1 ; python_version > '3'", "Lib @ ./lib"}))
	})

	it("refuses what no requirement can say, and what is no constraint", func() {
		_, err := lock.PoetryRequirements([]byte(`tool.poetry.dependencies.web = "^1 || ^3"`))
		Expect(err).To(MatchError(ContainSubstring("tool.poetry.dependencies.web")))
		_, err = lock.PoetryRequirements([]byte(`tool.poetry.dependencies.web = "newest"`))
		Expect(err).To(MatchError(ContainSubstring("newest")))
		_, err = lock.PoetryRequirements([]byte(`tool.poetry.dependencies.web = 1`))
		Expect(err).To(HaveOccurred())
	})

	it("says which Python a manifest asks for", func() {
		for _, c := range [][3]string{
			{`tool.poetry.dependencies.python = "^3.11"`, ">=3.11,<4", "tool.poetry.dependencies.python"},
			{`tool.poetry.dependencies.python = "3.12"`, "==3.12.*", "tool.poetry.dependencies.python"},
			{`tool.poetry.dependencies.python = "~2.7 || >=3.9,<3.12 || ^3.13"`, ">=3.9,!=3.12.*", "tool.poetry.dependencies.python"},
			{`project.requires-python = ">=3.10,<3.14"`, ">=3.10,<3.14", "project.requires-python"},
			{`tool.poetry.dependencies.python = "*"`, "", ""},
			{`tool.poetry.name = "app"`, "", ""},
		} {
			specifier, where, err := lock.PoetryPython([]byte(c[0]))
			Expect(err).NotTo(HaveOccurred())
			Expect([]string{specifier, where}).To(Equal(c[1:]), c[0])
		}
	})

	it("finds the credentials of indexes by their names", func() {
		app := fstest.MapFS{"pyproject.toml": {Data: []byte(`
[[tool.poetry.source]]
name = "corp-index.2"
url = "https://one.example:8443/simple"
[[tool.poetry.source]]
name = "inline"
url = "https://user:p%40ss@two.example/simple"
[[tool.poetry.source]]
name = "PyPI"
`)}}
		values := map[string]string{"POETRY_HTTP_BASIC_CORP_INDEX_2_USERNAME": "me", "POETRY_HTTP_BASIC_CORP_INDEX_2_PASSWORD": "a/b@c",
			"POETRY_HTTP_BASIC_PYPI_USERNAME": "no"}
		Expect(lock.IndexCredentials(app, func(name string) string { return values[name] })).To(Equal(lock.Credentials{
			"one.example:8443/simple": "me:a%2Fb%40c", "two.example/simple": "user:p%40ss"}))
	})

	it("gives the indexes of a manifest as options", func() {
		source := func(name, priority string) string {
			return fmt.Sprintf("[[tool.poetry.source]]\nname = %q\nurl = \"https://u:p@%s.example/simple\"\npriority = %q\n", name, name, priority)
		}
		for _, c := range []struct {
			manifest string
			want     []string
		}{
			{source("a", "primary") + source("b", "supplemental") + source("c", "explicit"), []string{"--index-url https://a.example/simple", "--extra-index-url https://b.example/simple"}},
			{source("a", "primary") + "[[tool.poetry.source]]\nname = \"PyPI\"\n", []string{"--extra-index-url https://a.example/simple"}},
			{source("b", "supplemental"), []string{"--extra-index-url https://b.example/simple"}},
			{"", nil},
		} {
			options, err := lock.PoetryOptions([]byte(c.manifest))
			Expect(err).NotTo(HaveOccurred())
			Expect(options).To(Equal(c.want))
		}
	})

	it("refuses a lock whose versions contradict each other", func() {
		var b strings.Builder
		for i := range 50 {
			fmt.Fprintf(&b, "[[package]]\nname = \"a\"\nversion = \"%d\"\n[package.dependencies]\nb = \"<%d\"\n", i, i)
			fmt.Fprintf(&b, "[[package]]\nname = \"b\"\nversion = \"%d\"\n[package.dependencies]\na = \"<%d\"\n", i, i)
		}
		_, err := selected(b.String(), `a = "*"`)
		Expect(err).To(MatchError(ContainSubstring("poetry.lock asks for")))
	})

	it("chooses, of several versions, the one that all ways allow and that is for this Python", func() {
		Expect(selected(`
[[package]]
name = "num"
version = "1.0"
python-versions = "<3.12"
[[package]]
name = "num"
version = "2.0"
[[package]]
name = "num"
version = "3.0"
[[package]]
name = "num"
version = "4.0"
python-versions = ">=3.20"
[[package]]
name = "frame"
version = "1.0"
[package.dependencies]
num = ">=1.0"
old = { version = "*", markers = "python_version < '3'" }
never = { version = "*", markers = "<empty>" }
[[package]]
name = "limit"
version = "1.0"
[package.dependencies]
num = "<3"
`, `frame = "*"
limit = "*"`)).To(Equal("frame 1.0, limit 1.0, num 2.0"))
	})
}

// selected gives what a lock of version 2.0 with these packages selects for Python 3.14. Each has a file.
func selected(packages, dependencies string) (string, error) {
	manifest := "[tool.poetry.dependencies]\n" + dependencies
	packages = regexp.MustCompile(`(?m)^version = .*$`).ReplaceAllString(packages, "$0\nfiles = [{ file = \"x-1-py3-none-any.whl\" }]")
	file := lock.WithContentHash([]byte(packages+"\n[metadata]\nlock-version = \"2.0\"\ncontent-hash = \"\"\n"), []byte(manifest))
	app := fstest.MapFS{"pyproject.toml": {Data: []byte(manifest)}, "poetry.lock": {Data: file}}
	l, err := lock.ReadPoetry(app, "poetry.lock", lock.Request{})
	if err != nil {
		return "", err
	}
	found, err := lock.Select(l, environment("3.14.6 x86_64"))
	var list []string
	for _, p := range found {
		list = append(list, p.String())
	}
	return strings.Join(list, ", "), err
}

func orAny(marker string) string {
	if marker == "" {
		return "python_version != ''"
	}
	return marker
}
