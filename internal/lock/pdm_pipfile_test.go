package lock_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func files(pairs ...string) fstest.MapFS {
	app := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		app[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return app
}

func testReadPDM(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const wheel = "files = [{file = \"a-1.0-py3-none-any.whl\", hash = \"sha256:aa\"}]\n"
	read := func(lockText, manifest string) ([]lock.Package, lock.Lock, error) {
		app := files("pdm.lock", lockText, "lib/x-1.0-py3-none-any.whl", "wheel")
		if manifest != "" {
			app["pyproject.toml"] = &fstest.MapFile{Data: []byte(manifest)}
		}
		l, err := lock.ReadPDM(app, "pdm.lock", lock.Request{})
		if err != nil {
			return nil, l, err
		}
		packages, err := lock.Select(l, environment("3.14.6 x86_64"))
		return packages, l, err
	}
	inherit := "[metadata]\nlock_version = \"4.9.1\"\nstrategy = [\"inherit_metadata\"]\n"
	plain := "[metadata]\nlock_version = \"4.4\"\n"

	it("reads a newer minor and refuses other majors", func() {
		packages, l, err := read(inherit+"[[package]]\nname = \"A\"\nversion = \"1.0\"\n"+wheel, "")
		Expect(err).NotTo(HaveOccurred())
		Expect(packages).To(HaveLen(1))
		Expect(l.Matches).To(BeEmpty())
		for version, words := range map[string]string{"3.1": "has lock_version 3.1", "5.0.0": "has lock_version 5.0.0", "": "does not say its lock_version"} {
			_, _, err := read("[metadata]\nlock_version = \""+version+"\"\n", "")
			Expect(err).To(MatchError(ContainSubstring(words)))
		}
	})

	it("says what to do about conflict markers", func() {
		_, _, err := read("<<<<<<< HEAD\n", "")
		Expect(err).To(MatchError(And(ContainSubstring("pdm.lock is not valid TOML"), ContainSubstring("run 'pdm lock'"), ContainSubstring("line 1"))))
	})

	it("needs the manifest where the lock does not say what is for production", func() {
		for _, manifest := range []string{"", "[tool.poetry]\nname = \"app\"\n", "[project]\nname = \"app\"\ndynamic = [\"dependencies\"]\n"} {
			_, _, err := read(plain+"[[package]]\nname = \"a\"\nversion = \"1.0\"\n"+wheel, manifest)
			Expect(err).To(MatchError(ContainSubstring("pdm lock -S inherit_metadata")), manifest)
		}
	})

	it("follows only the extras that are asked for", func() {
		packages, _, err := read(plain+`
[[package]]
name = "a"
version = "1.0"
files = [{file = "a-1.0-py3-none-any.whl", hash = "sha256:aa"}]
[[package]]
name = "a"
version = "1.0"
extras = ["x"]
dependencies = ["a==1.0", "b"]
[[package]]
name = "a"
version = "1.0"
extras = ["x", "y"]
dependencies = ["a==1.0", "b", "c"]
[[package]]
name = "b"
version = "1.0"
files = [{file = "b-1.0-py3-none-any.whl", hash = "sha256:bb"}]
[[package]]
name = "c"
version = "1.0"
files = [{file = "c-1.0-py3-none-any.whl", hash = "sha256:cc"}]
`, "[project]\nname = \"app\"\ndependencies = [\"a[X]\"]\n")
		Expect(err).NotTo(HaveOccurred())
		Expect(fmt.Sprint(packages)).To(Equal("[a 1.0 b 1.0]"))
	})

	it("takes of two versions the one that a requirement admits and the Python allows", func() {
		two := plain + `
[[package]]
name = "a"
version = "1.0"
requires_python = "<3.12"
files = [{file = "a-1.0-py3-none-any.whl", hash = "sha256:aa"}]
[[package]]
name = "a"
version = "2.0"
requires_python = ">=3.12"
files = [{file = "a-2.0-py3-none-any.whl", hash = "sha256:bb"}]
`
		packages, _, err := read(two, "[project]\nname = \"app\"\ndependencies = [\"a\"]\n")
		Expect(err).NotTo(HaveOccurred())
		Expect(fmt.Sprint(packages)).To(Equal("[a 2.0]"))
		packages, _, err = read(two, "[project]\nname = \"app\"\ndependencies = [\"a>=2; python_version > '3'\"]\n")
		Expect(err).NotTo(HaveOccurred())
		Expect(fmt.Sprint(packages)).To(Equal("[a 2.0]"))
	})

	it("refuses what is not pinned to a commit, or not git, only when it is needed", func() {
		git := func(marker, keys string) string {
			return inherit + "[[package]]\nname = \"a\"\nversion = \"1.0\"\ngroups = [\"default\"]\nmarker = \"" + marker + "\"\n" + keys
		}
		packages, _, err := read(git("sys_platform == 'win32'", "git = \"https://git.example/a.git\"\neditable = true\n"), "")
		Expect(err).NotTo(HaveOccurred())
		Expect(packages).To(BeEmpty())
		_, _, err = read(git("", "git = \"https://git.example/a.git\"\neditable = true\n"), "")
		Expect(err).To(MatchError(ContainSubstring("does not pin a to a commit")))
		_, _, err = read(git("", "hg = \"https://hg.example/a\"\nrevision = \"1\"\n"), "")
		Expect(err).To(MatchError(ContainSubstring("a repository that is not git's")))
	})

	it("takes the hash of a file in the app from the file, and refuses one that is not there", func() {
		at := func(path string) string {
			return inherit + "[[package]]\nname = \"x\"\nversion = \"1.0\"\npath = \"" + path + "\"\n"
		}
		packages, _, err := read(at("./lib/x-1.0-py3-none-any.whl"), "")
		Expect(err).NotTo(HaveOccurred())
		Expect(packages[0].Artifact()).To(Equal("sha256:ba59926159d2aa256eb8739b8da7e2b574b960e1202c6d624cbe981cef996c91"))
		Expect(packages[0].File.URL).To(Equal("lib/x-1.0-py3-none-any.whl"))
		for _, gone := range []string{"./lib/y-1.0-py3-none-any.whl", "../x-1.0-py3-none-any.whl", "/x-1.0-py3-none-any.whl"} {
			_, _, err = read(at(gone), "")
			Expect(err).To(MatchError(ContainSubstring("not in the app dir")))
		}
	})

	it("finds the one index of a package", func() {
		for _, c := range []struct{ sources, index, options string }{
			{"", "", "[]"},
			{"[[tool.pdm.source]]\nname = \"pypi\"\nurl = \"" + lock.DefaultIndex + "\"\n", "", "[]"},
			{"[[tool.pdm.source]]\nname = \"pypi\"\nurl = \"https://index.example/simple\"\nusername = \"u\"\npassword = \"${P}\"\n", "https://u:${P}@index.example/simple", "[]"},
			{"[[tool.pdm.source]]\nname = \"b\"\nurl = \"https://b.example\"\ninclude_packages = [\"A*\"]\nverify_ssl = false\n", "https://b.example", "[--trusted-host b.example]"},
			{"[[tool.pdm.source]]\nname = \"b\"\nurl = \"https://b.example\"\nexclude_packages = [\"*\"]\n", "", "[]"},
			{"[[tool.pdm.source]]\nname = \"b\"\nurl = \"https://b.example\"\n", "", "[--extra-index-url https://b.example]"},
			{"[[tool.pdm.source]]\nname = \"pypi\"\nurl = \"file:///${PROJECT_ROOT}/w\"\ntype = \"find_links\"\n", "", "[--find-links ./w]"},
		} {
			packages, l, err := read(inherit+"[[package]]\nname = \"a\"\nversion = \"1.0\"\n"+wheel, c.sources)
			Expect(err).NotTo(HaveOccurred())
			Expect(packages[0].Index).To(Equal(c.index), c.sources)
			Expect(fmt.Sprint(l.Options)).To(Equal(c.options), c.sources)
		}
	})

	it("leaves the index out where files have URLs, and keeps the sources for their credentials", func() {
		packages, l, err := read(inherit+"[[package]]\nname = \"a\"\nversion = \"1.0\"\nfiles = [{url = \"https://b.example/a-1.0-py3-none-any.whl\", hash = \"sha256:aa\"}]\n",
			"[[tool.pdm.source]]\nname = \"b\"\nurl = \"https://u:${P}@b.example\"\ninclude_packages = [\"a\"]\n")
		Expect(err).NotTo(HaveOccurred())
		Expect(packages[0].Index).To(BeEmpty())
		Expect(packages[0].Located()).To(BeTrue())
		Expect(l.Options).To(Equal([]string{"--extra-index-url https://u:${P}@b.example"}))
	})

	it("installs the project when it is a distribution", func() {
		for manifest, want := range map[string]bool{
			"[project]\nname = \"app\"\n":                                                                          false,
			"[project]\nname = \"app\"\n[build-system]\nrequires = []\n":                                           true,
			"[project]\nname = \"app\"\n[build-system]\nrequires = []\n[tool.pdm]\ndistribution = false\n":         false,
			"[project]\nname = \"app\"\n[tool.pdm]\npackage-type = \"library\"\n":                                  true,
			"[project]\nname = \"app\"\n[build-system]\nrequires = []\n[tool.pdm]\npackage-type = \"application\"": false,
			"[build-system]\nrequires = []\n":                                                                      false,
		} {
			packages, _, err := read(inherit, manifest)
			Expect(err).NotTo(HaveOccurred())
			Expect(len(packages) == 1).To(Equal(want), manifest)
		}
	})
}

func testReadPipfile(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const meta = `{"_meta": {"pipfile-spec": 6, "requires": {}, "sources": [{"name": "pypi", "url": "` + lock.DefaultIndex + `", "verify_ssl": true},
		{"name": "b", "url": "https://${U}:$P@b.example/simple", "verify_ssl": false}]}, "default": `
	read := func(lockText, manifest string, groups ...pep508.Name) ([]lock.Package, lock.Lock, error) {
		app := files("Pipfile.lock", lockText, "old/pyproject.toml", "[project]\nname = \"Real_Name\"\n")
		if manifest != "" {
			app["Pipfile"] = &fstest.MapFile{Data: []byte(manifest)}
		}
		l, err := lock.ReadPipfile(app, "Pipfile.lock", lock.Request{Groups: groups})
		if err != nil {
			return nil, l, err
		}
		packages, err := lock.Select(l, environment("3.14.6 x86_64"))
		return packages, l, err
	}

	it("refuses other specs and what is not JSON", func() {
		_, _, err := read(`{"default": {}}`, "")
		Expect(err).To(MatchError(ContainSubstring("does not say its pipfile-spec")))
		_, _, err = read(`{"_meta": {"pipfile-spec": 7}}`, "")
		Expect(err).To(MatchError(ContainSubstring("has pipfile-spec 7; this buildpack reads 6")))
		_, _, err = read("{\n  \"default\": {},\n<<<<<<< HEAD\n}", "")
		Expect(err).To(MatchError(And(ContainSubstring("not the JSON that Pipenv writes"), ContainSubstring("line 3"), ContainSubstring("pipenv lock"))))
		_, _, err = read(meta+`{"a": 1}}`, "")
		Expect(err).To(MatchError(ContainSubstring("neither a table nor a version")))
	})

	it("pins packages to their sources", func() {
		packages, l, err := read(meta+`{"a": {"version": "==1", "hashes": ["sha256:aa"], "index": "b"}, "c": {"version": "==1", "hashes": ["sha256:cc"]}}}`, "")
		Expect(err).NotTo(HaveOccurred())
		Expect(packages[0].Index).To(Equal("https://${U}:${P}@b.example/simple"))
		Expect(packages[1].Index).To(BeEmpty())
		Expect(l.Options).To(Equal([]string{"--trusted-host b.example"}))
		_, _, err = read(meta+`{"a": {"version": "==1", "hashes": ["sha256:aa"], "index": "c"}}}`, "")
		Expect(err).To(MatchError(And(ContainSubstring("has no source of that name"), ContainSubstring("pypi, b"))))
	})

	it("refuses what has no version or hash only when it is needed", func() {
		for _, entry := range []string{`{"version": "*"}`, `{"version": "==1"}`, `{"version": "*", "markers": "sys_platform == 'linux'"}`} {
			_, _, err := read(meta+`{"a": `+entry+`}}`, "")
			Expect(err).To(MatchError(ContainSubstring("no version or no hash for a")), entry)
		}
		for _, entry := range []string{`{"version": "*", "sys_platform": "== 'win32'"}`, `{"version": "*", "markers": "sys_platform == 'win32'"}`, `{"version": "==1", "os_name": "== 'nt'"}`} {
			packages, _, err := read(meta+`{"a": `+entry+`}}`, "")
			Expect(err).NotTo(HaveOccurred())
			Expect(packages).To(BeEmpty(), entry)
		}
	})

	it("pins repositories to commits", func() {
		const sha = "0123456789abcdef0123456789abcdef01234567"
		packages, _, err := read(meta+`{"a": {"git": "git+https://git.example/a.git#egg=a&subdirectory=s", "ref": "`+sha+`", "editable": true}}}`, "")
		Expect(err).NotTo(HaveOccurred())
		Expect(*packages[0].Origin).To(Equal(lock.Origin{VCS: "https://git.example/a.git", Commit: sha, Subdirectory: "s"}))
		_, _, err = read(meta+`{"a": {"git": "https://git.example/a.git", "ref": "main"}}}`, "")
		Expect(err).To(MatchError(ContainSubstring("does not pin a to a commit")))
		_, _, err = read(meta+`{"a": {"hg": "https://git.example/a", "ref": "main"}}}`, "")
		Expect(err).To(MatchError(ContainSubstring("not git's")))
	})

	it("calls a directory by its own name", func() {
		packages, _, err := read(meta+`{"e1839a8": {"path": "./old", "editable": true}}}`, "")
		Expect(err).NotTo(HaveOccurred())
		Expect(packages).To(Equal([]lock.Package{{Name: "real-name", Origin: &lock.Origin{Directory: "old"}}}))
	})

	it("takes the same package once from two categories", func() {
		packages, _, err := read(meta+`{"a": {"version": "==1", "hashes": ["sha256:aa"]}}, "develop": {"a": {"version": "==1", "hashes": ["sha256:aa"]}}}`, "", "develop")
		Expect(err).NotTo(HaveOccurred())
		Expect(packages).To(HaveLen(1))
	})

	it("reads the Python", func() {
		for requires, want := range map[string]string{
			`{}`: "", `{"python_version": "3"}`: "==3.*", `{"python_version": "3.12"}`: "==3.12.*", `{"python_version": "3.12.1"}`: "==3.12.1",
			`{"python_version": "3.12", "python_full_version": "3.12.7"}`: "==3.12.7", `{"python_version": ">=3.9"}`: ">=3.9", `{"python_version": "*"}`: "",
		} {
			l, err := lock.ReadPipfile(files("Pipfile.lock", `{"_meta": {"pipfile-spec": 6, "requires": `+requires+`}}`), "Pipfile.lock", lock.Request{})
			Expect(err).NotTo(HaveOccurred())
			Expect(l.Python).To(Equal(want), requires)
		}
		Expect(lock.PipfilePython([]byte("[requires]\npython_version = \"3.12\"\n"))).To(Equal("==3.12.*"))
	})

	it("gives a Pipfile without a lock as requirements", func() {
		lines, options, err := lock.PipfileRequirements([]byte(`
[[source]]
name = "a"
url = "https://${U}:${P}@index.example/simple"
verify_ssl = false
[[source]]
name = "pypi"
url = "` + lock.DefaultIndex + `"
verify_ssl = true
[packages]
plain = "*"
bound = ">=1,<2"
exact = "1.2"
extras = {extras = ["y", "x"], version = "~=1.0", markers = "python_version < '4'"}
keys = {version = "*", sys_platform = "== 'linux'"}
repo = {git = "https://git.example/repo.git", ref = "main", subdirectory = "s", extras = ["x"]}
lib = {path = "./lib", editable = true, extras = ["x"]}
file = {file = "https://files.example/f-1.zip"}
source = {version = "*", no_binary = true}
[dev-packages]
dev = "*"
`))
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.Join(lines, "\n")).To(Equal(`bound>=1,<2
exact==1.2
extras[x,y]~=1.0; (python_version < '4')
file @ https://files.example/f-1.zip
keys; sys_platform == 'linux'
./lib[x]
plain
repo[x] @ git+https://git.example/repo.git@main#subdirectory=s
source`))
		Expect(options).To(Equal([]string{"--no-binary source", "--index-url https://${U}:${P}@index.example/simple", "--trusted-host index.example"}))
		_, _, err = lock.PipfileRequirements([]byte("[packages]\na = \"^1\"\n"))
		Expect(err).To(MatchError(And(ContainSubstring("entry for a is not a requirement"), ContainSubstring(`a = ">=1.2"`))))
		_, _, err = lock.PipfileRequirements([]byte("[packages]\na = 1\n"))
		Expect(err).To(MatchError(ContainSubstring("neither a version nor a table")))
	})
}

// FuzzReadPDM looks for locks and manifests that crash or never end.
func FuzzReadPDM(f *testing.F) {
	seedPairs(f, "testdata/pdm/*", "pdm.lock", "pyproject.toml")
	fuzzReader(f, lock.ReadPDM, "pdm.lock", "pyproject.toml")
}

// FuzzReadPipfile looks for locks and Pipfiles that crash or never end.
func FuzzReadPipfile(f *testing.F) {
	seedPairs(f, "testdata/pipfile/*", "Pipfile.lock", "Pipfile")
	fuzzReader(f, lock.ReadPipfile, "Pipfile.lock", "Pipfile")
}

func fuzzReader(f *testing.F, read lock.Reader, name, manifest string) {
	env := environment("3.14.6 x86_64")
	f.Fuzz(func(t *testing.T, data, beside []byte) {
		start := time.Now()
		if manifest == "Pipfile" {
			_, _, _ = lock.PipfileRequirements(beside)
		}
		for _, app := range []fstest.MapFS{files(name, string(data)), files(name, string(data), manifest, string(beside), "lib/pyproject.toml", "[project]\nname = \"lib\"\n")} {
			l, err := read(app, name, lock.Request{})
			if err != nil {
				continue
			}
			packages, err := lock.Select(l, env)
			if err != nil {
				continue
			}
			lock.WritePylock(packages)
			lock.WriteRequirements(packages, l.Options)
		}
		if time.Since(start) > 20*time.Second {
			t.Fatal("takes too long")
		}
	})
}

func seedPairs(f *testing.F, pattern, name, manifest string) {
	for _, dir := range cases(pattern) {
		data, manifestData := optional(dir, name), optional(dir, manifest)
		if len(data) < 30_000 {
			f.Add(data, manifestData)
		}
	}
}
