package lock_test

import (
	"flag"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/lock"
)

var large = flag.Bool("large", false, "read locks of 20 MB")

const largeSize = 20 << 20

// repeated is a file of 20 MB: its head, a text for each number from 0, and its tail.
func repeated(head string, each func(i int) string, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; b.Len() < largeSize; i++ {
		b.WriteString(each(i))
	}
	return b.String() + tail
}

// same is the text for every number.
func same(text string) func(int) string { return func(int) string { return text } }

// TestLarge reads locks of 20 MB, such as nobody has and such as are meant to do harm: each is read or refused within 60 s of CPU
// time, and with them all the process never has more than 3 GiB of memory, of which the locks themselves are a quarter.
func TestLarge(t *testing.T) {
	if !*large {
		t.Skip("takes a minute: go test ./internal/lock -run TestLarge -large")
	}
	const uv = "version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \"app\"\nversion = \"1.0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"p-0\" }]\n\n" +
		"[package.metadata]\nrequires-dist = [{ name = \"p-0\" }]\n"
	const poetry = "[metadata]\nlock-version = \"2.0\"\npython-versions = \"*\"\ncontent-hash = \"\"\n"
	const tables = "[tool.poetry]\nname = \"app\"\nversion = \"1.0\"\n\n[tool.poetry.dependencies]\npython = \"*\"\np-0 = \"*\"\n"
	const pylock = "lock-version = \"1.0\"\ncreated-by = \"hand\"\n"
	const pdm = "[metadata]\ngroups = [\"default\"]\nstrategy = []\nlock_version = \"4.5.0\"\n"
	const zeros = "0000000000000000000000000000000000000000000000000000000000000000"
	const hash = "sha256:" + zeros
	const pipfile = `{"_meta": {"pipfile-spec": 6, "sources": []}, "default": {"p": {"version": "==1", "hashes": ["` + hash + `"]`
	const wheels = "wheels = [{ url = \"https://files.example/p-1-py3-none-any.whl\", hashes = { sha256 = \"" + zeros + "\" } }]\n"
	project := func(dependencies string) string {
		return "[project]\nname = \"app\"\nversion = \"1.0\"\nrequires-python = \">=3.11\"\ndependencies = [" + dependencies + "]\n"
	}
	requirements := func(app fs.FS, name string, _ lock.Request) (lock.Lock, error) {
		r, err := lock.ReadRequirements(app, name, variables)
		if err != nil {
			return lock.Lock{}, err
		}
		return r.Lock()
	}
	cases := []struct {
		name, file, text, manifest string
		read                       lock.Reader
	}{
		{name: "a chain of packages", file: "uv.lock", read: lock.ReadUV, manifest: project(`"p-0"`), text: repeated(uv, func(i int) string {
			return fmt.Sprintf("\n[[package]]\nname = \"p-%d\"\nversion = \"1.0\"\nsource = { registry = \"https://index.example/simple\" }\ndependencies = [{ name = \"p-%d\" }]\n"+
				"wheels = [{ url = \"https://files.example/p_%d-1.0-py3-none-any.whl\", hash = \"%s\" }]\n", i, i+1, i, hash)
		}, "")},
		{name: "one package of many files", file: "uv.lock", read: lock.ReadUV, manifest: project(`"p-0"`),
			text: repeated(uv+"\n[[package]]\nname = \"p-0\"\nversion = \"1.0\"\nsource = { registry = \"https://index.example/simple\" }\nwheels = [\n",
				func(i int) string {
					return fmt.Sprintf("{ url = \"https://files.example/p_0-1.0-%d-py3-none-any.whl\", hash = \"%s\" },\n", i, hash)
				}, "]\n")},
		{name: "a marker of 20 MB", file: "pylock.toml", read: lock.ReadPylockFile, text: repeated(pylock+"[[packages]]\nname = \"p\"\nversion = \"1\"\nmarker = \"",
			same("os_name == 'a' or "), "os_name == 'b'\"\n"+wheels)},
		{name: "brackets in a marker", file: "pylock.toml", read: lock.ReadPylockFile,
			text: repeated(pylock+"[[packages]]\nname = \"p\"\nversion = \"1\"\nmarker = \"", same("("), "\"\n"+wheels)},
		{name: "many packages", file: "pylock.toml", read: lock.ReadPylockFile, text: repeated(pylock, func(i int) string {
			return fmt.Sprintf("\n[[packages]]\nname = \"p-%d\"\nversion = \"1.0\"\nindex = \"https://index.example/simple\"\n"+
				"wheels = [{ url = \"https://files.example/p_%d-1.0-py3-none-any.whl\", hashes = { sha256 = \"%s\" } }]\n", i, i, zeros)
		}, "")},
		{name: "a name of 20 MB", file: "pylock.toml", read: lock.ReadPylockFile, text: repeated(pylock, same("a."), "a = 1\n")},
		{name: "a table's name of 20 MB", file: "pylock.toml", read: lock.ReadPylockFile, text: repeated(pylock+"[", same("a."), "a]\n")},
		{name: "packages that lead to each other", file: "poetry.lock", read: lock.ReadPoetry, manifest: tables, text: repeated("", func(i int) string {
			return fmt.Sprintf("[[package]]\nname = \"p-%d\"\nversion = \"1.0\"\noptional = false\npython-versions = \"*\"\nfiles = [{file = \"p_%d-1.0-py3-none-any.whl\", hash = \"%s\"}]\n\n"+
				"[package.dependencies]\np-%d = \">=1.0\"\np-%d = {version = \"*\", markers = \"python_version >= \\\"3.8\\\"\"}\n\n", i, i, hash, i+1, i/2)
		}, poetry)},
		{name: "a constraint of 20 MB", file: "poetry.lock", read: lock.ReadPoetry, manifest: tables, text: repeated("[[package]]\nname = \"p-0\"\nversion = \"1.0\"\noptional = false\n"+
			"python-versions = \"*\"\nfiles = []\n\n[package.dependencies]\nq = \"", same(">=1,<2 || "), ">=3\"\n\n"+poetry)},
		{name: "packages that lead to each other", file: "pdm.lock", read: lock.ReadPDM, manifest: project(`"p-0"`), text: repeated(pdm, func(i int) string {
			return fmt.Sprintf("\n[[package]]\nname = \"p-%d\"\nversion = \"1.0\"\ngroups = [\"default\"]\ndependencies = [\"p-%d>=1.0\", \"p-%d\"]\n"+
				"files = [{file = \"p_%d-1.0-py3-none-any.whl\", hash = \"%s\"}]\n", i, i+1, i/2, i, hash)
		}, "")},
		{name: "many packages", file: "Pipfile.lock", read: lock.ReadPipfile, text: repeated(pipfile+"}", func(i int) string {
			return fmt.Sprintf(",\n\"p-%d\": {\"hashes\": [\"%s\"], \"markers\": \"python_version >= '3.8'\", \"version\": \"==1.0\"}", i, hash)
		}, "}, \"develop\": {}}")},
		{name: "brackets", file: "Pipfile.lock", read: lock.ReadPipfile, text: repeated(pipfile+`, "x": `, same("["), "")},
		{name: "many packages", file: "requirements.txt", read: requirements, text: repeated("", func(i int) string {
			return fmt.Sprintf("p-%d==1.0 ; python_version >= '3.8' \\\n    --hash=%s\n", i, hash)
		}, "")},
		{name: "one line", file: "requirements.txt", read: requirements, text: repeated("p==1.0 ", same("\\\n --hash="+hash+" "), "\n")},
		{name: "a specifier of 20 MB", file: "requirements.txt", read: requirements, text: repeated("p", same("!=1,"), "!=2\n")},
		{name: "digits of a version", file: "requirements.txt", read: requirements, text: repeated("p==", same("9"), " --hash="+hash+"\n")},
		{name: "variables", file: "requirements.txt", read: requirements, text: repeated("--index-url https://", same("${A}"), "\n")},
		{name: "includes of itself", file: "requirements.txt", read: requirements, text: repeated("", same("-r requirements.txt\n"), "")},
	}
	env := environment("3.14.6 x86_64")
	for _, c := range cases {
		t.Run(c.file+", "+c.name, func(t *testing.T) {
			app := fstest.MapFS{c.file: {Data: []byte(c.text)}}
			if c.manifest != "" {
				app["pyproject.toml"] = &fstest.MapFile{Data: []byte(c.manifest)}
			}
			if c.file == "poetry.lock" {
				app[c.file].Data = lock.WithContentHash(app[c.file].Data, []byte(c.manifest))
			}
			before, _ := usage(t)
			count := 0
			l, err := c.read(app, c.file, lock.Request{})
			if err == nil {
				var packages []lock.Package
				packages, err = lock.Select(l, env)
				lock.WritePylock(packages)
				count = len(packages)
			}
			seconds, megabytes := usage(t)
			text := fmt.Sprint(err)
			t.Logf("%d MB, %.1f s, at most %d MB of memory: %d packages, %.200s", len(c.text)>>20, seconds-before, megabytes, count, text)
			if seconds-before > 60 || megabytes > 3072 || len(text) > 100_000 {
				t.Fatal("that is too much")
			}
		})
	}
}

// usage is the CPU time that this process has had, and the most memory.
func usage(t *testing.T) (seconds float64, megabytes int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9, u.Maxrss >> 10
}
