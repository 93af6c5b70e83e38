package lock_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/lock"
)

func testCredentials(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const resolved = `lock-version = "1.0"
[[packages]]
name = "a"
version = "1"
archive = { url = "https://user:s3cret@files.example/a-1-py3-none-any.whl", hashes = { sha256 = "aa" } }
[[packages]]
name = "b"
version = "1"
vcs = { type = "git", url = "https://t0ken@git.example/b.git", commit-id = "0123456789012345678901234567890123456789" }
`

	it("takes them off what is kept and puts them back for the installer", func() {
		app := fstest.MapFS{"requirements.txt": {Data: []byte(
			"a @ https://user:${TOKEN}@files.example/a-1-py3-none-any.whl\nb @ git+https://t0ken@git.example/b.git\n")}}
		lookup := func(string) string { return "s3cret" }
		requirements, err := lock.ReadRequirements(app, "requirements.txt", lookup)
		Expect(err).NotTo(HaveOccurred())
		credentials := requirements.Credentials(lookup)
		Expect(credentials).To(Equal(lock.Credentials{"files.example/a-1-py3-none-any.whl": "user:s3cret", "git.example/b.git": "t0ken"}))

		read, err := lock.ReadPylock("requirements.txt", []byte(resolved))
		Expect(err).NotTo(HaveOccurred())
		packages, err := lock.Select(read, environment("3.14.6 x86_64"))
		Expect(err).NotTo(HaveOccurred())
		kept, ok := lock.WritePylock(packages)
		Expect(ok).To(BeTrue())
		Expect(kept).NotTo(Or(ContainSubstring("s3cret"), ContainSubstring("t0ken")))
		for _, p := range packages {
			Expect(p.Artifact()).NotTo(Or(ContainSubstring("s3cret"), ContainSubstring("t0ken")))
		}

		given, _ := lock.WritePylock(credentials.Restore(packages, lookup))
		Expect(given).To(ContainSubstring(`url = "https://user:s3cret@files.example/a-1-py3-none-any.whl"`))
		Expect(given).To(ContainSubstring(`url = "https://t0ken@git.example/b.git"`))
		again, _ := lock.WritePylock(packages)
		Expect(again).To(Equal(kept))
	})

	it("takes those in the URLs of a lock off what is kept", func() {
		for _, read := range []struct {
			reader     lock.Reader
			name, text string
		}{
			{lock.ReadPDM, "pdm.lock", `[metadata]
groups = ["default"]
strategy = ["inherit_metadata"]
lock_version = "4.5.1"
[[package]]
name = "a"
version = "1"
url = "https://user:s3cret@files.example/a-1-py3-none-any.whl"
files = [{url = "https://user:s3cret@files.example/a-1-py3-none-any.whl", hash = "sha256:aa"}]
[[package]]
name = "b"
version = "1"
git = "https://${TOKEN}@git.example/b.git"
revision = "0123456789012345678901234567890123456789"
`},
			{lock.ReadPipfile, "Pipfile.lock", `{"_meta": {"pipfile-spec": 6}, "default": {
"a": {"file": "https://user:s3cret@files.example/a-1-py3-none-any.whl#sha256=aa"},
"b": {"git": "git+https://${TOKEN}@git.example/b.git", "ref": "0123456789012345678901234567890123456789"}}}`},
		} {
			l, err := read.reader(files(read.name, read.text), read.name, lock.Request{})
			Expect(err).NotTo(HaveOccurred())
			packages, err := lock.Select(l, environment("3.14.6 x86_64"))
			Expect(err).NotTo(HaveOccurred())
			Expect(packages[0].Artifact() + packages[1].Artifact()).NotTo(Or(ContainSubstring("s3cret"), ContainSubstring("TOKEN")))
			lookup := func(string) string { return "t0ken" }
			credentials := lock.Credentials{}
			credentials.Find(lookup, read.text)
			given, _ := lock.WritePylock(credentials.Restore(packages, lookup))
			Expect(given).To(And(ContainSubstring(`"https://user:s3cret@files.example/a-1-py3-none-any.whl"`), ContainSubstring(`"https://t0ken@git.example/b.git"`)))
		}
	})

	it("finds the credentials of named indexes in variables and URLs", func() {
		values := map[string]string{
			"UV_INDEX_MY_INDEX_2_USERNAME": "user", "UV_INDEX_MY_INDEX_2_PASSWORD": "p@ss/word",
			"POETRY_HTTP_BASIC_MY_INDEX_2_PASSWORD": "not this one", "POETRY_HTTP_BASIC_OLD_USERNAME": "t0ken", "name": "a", "PASSWORD": "b%40",
		}
		var text strings.Builder
		for _, index := range [][2]string{{"my-index.2", "https://index.example:8443/simple/"}, {"old", "https://old.example/simple"}, {"public", "https://public.example/simple"},
			{"pipfile", "https://${name}:${PASSWORD}@pipfile.example/simple"}, {"unset", "https://unset.example/${NOTHING}"}, {"", "https://u:p@unnamed.example"}} {
			fmt.Fprintf(&text, "[[tool.uv.index]]\nname = %q\nurl = %q\n", index[0], index[1])
		}
		Expect(lock.IndexCredentials(files("pyproject.toml", text.String()), func(name string) string { return values[name] })).To(Equal(lock.Credentials{
			"index.example:8443/simple": "user:p%40ss%2Fword", "old.example/simple": "t0ken", "pipfile.example/simple": "a:b%40", "unnamed.example": "u:p",
		}))
	})

	it("gives each of several indexes on one host its own", func() {
		credentials := lock.IndexCredentials(files("pyproject.toml", `
[[tool.uv.index]]
name = "red"
url = "https://index.example/red/simple/"
[[tool.uv.index]]
name = "blue"
url = "https://b:2@index.example/blue/simple"
`), func(name string) string {
			return map[string]string{"UV_INDEX_RED_USERNAME": "a", "UV_INDEX_RED_PASSWORD": "1"}[name]
		})
		for at, whole := range map[string]string{
			"https://index.example/red/simple":                "https://a:1@index.example/red/simple",
			"https://index.example/blue/simple/":              "https://b:2@index.example/blue/simple/",
			"https://index.example/red/files/x-1-py3-any.whl": "https://a:1@index.example/red/files/x-1-py3-any.whl",
			"https://index.example/blue/x.whl":                "https://b:2@index.example/blue/x.whl",
			"https://c:3@index.example/red/x.whl":             "https://c:3@index.example/red/x.whl",
			"https://other.example/red/simple":                "https://other.example/red/simple",
			"wheels/index.example":                            "wheels/index.example",
		} {
			Expect(credentials.Add(at)).To(Equal(whole))
		}
	})

	it("keeps variables in the URLs of a lock until the installer gets them", func() {
		lookup := func(name string) string { return map[string]string{"TOKEN": "s3cret", "part": "x"}[name] }
		app := fstest.MapFS{"requirements.txt": {Data: []byte("a @ https://${TOKEN}@files.example/a-1-py3-none-any.whl --hash=sha256:aa\n")}}
		requirements, err := lock.ReadRequirements(app, "requirements.txt", lookup)
		Expect(err).NotTo(HaveOccurred())
		l, err := requirements.Lock()
		Expect(err).NotTo(HaveOccurred())
		packages, err := lock.Select(l, environment("3.14.6 x86_64"))
		Expect(err).NotTo(HaveOccurred())
		Expect(packages[0].File.URL).To(Equal("https://files.example/a-1-py3-none-any.whl"))
		packages[0].Index = "https://index.example/${part}/simple"
		given := requirements.Credentials(lookup).Restore(packages, lookup)
		Expect(given[0].File.URL).To(Equal("https://s3cret@files.example/a-1-py3-none-any.whl"))
		Expect(given[0].Index).To(Equal("https://index.example/x/simple"))
		Expect(packages[0].Index).To(Equal("https://index.example/${part}/simple"))
	})
}
