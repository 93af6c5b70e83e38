package lock_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

// seed adds the files of all cases that match.
func seed(f *testing.F, patterns ...string) {
	for _, name := range cases(patterns...) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 20_000 {
			f.Add(data)
		}
	}
}

// FuzzReadUV looks for locks that crash the reader, the selection or the freshness check.
func FuzzReadUV(f *testing.F) {
	seed(f, "testdata/uv/*/uv.lock")
	env := environment("3.14.6 x86_64")
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := lock.ReadUV(fstest.MapFS{"uv.lock": {Data: data}, "pyproject.toml": {Data: data}}, "uv.lock", lock.Request{Groups: []pep508.Name{"dev"}})
		if err != nil {
			return
		}
		packages, err := lock.Select(l, env)
		if err != nil {
			return
		}
		for _, p := range packages {
			_ = p.Artifact()
		}
		lock.WritePylock(packages)
	})
}

// FuzzReadPoetry looks for locks and manifests that crash the reader, the selection or what is read from the manifest alone. The
// hash is made to fit, or nothing would be read further.
func FuzzReadPoetry(f *testing.F) {
	for _, name := range cases("testdata/poetry/*/poetry.lock") {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		manifest, err := os.ReadFile(filepath.Join(filepath.Dir(name), "pyproject.toml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, manifest)
	}
	env := environment("3.14.6 x86_64")
	f.Fuzz(func(t *testing.T, data, manifest []byte) {
		_, _ = lock.PoetryRequirements(manifest)
		_, _, _ = lock.PoetryPython(manifest)
		app := fstest.MapFS{"poetry.lock": {Data: lock.WithContentHash(data, manifest)}, "pyproject.toml": {Data: manifest}}
		lock.IndexCredentials(app, variables)
		l, err := lock.ReadPoetry(app, "poetry.lock", lock.Request{})
		if err != nil {
			return
		}
		if packages, err := lock.Select(l, env); err == nil {
			lock.WritePylock(packages)
		}
	})
}

// FuzzReadRequirements looks for files that crash the reader or that pass for a lock and are none.
func FuzzReadRequirements(f *testing.F) {
	seed(f, "testdata/requirements/*/requirements.txt")
	env := environment("3.14.6 x86_64")
	f.Fuzz(func(t *testing.T, data []byte) {
		app := fstest.MapFS{"requirements.txt": {Data: data}, "base.txt": {Data: data}, "lib/pyproject.toml": {Data: data}}
		r, err := lock.ReadRequirements(app, "requirements.txt", variables)
		if err != nil || !r.Locked() {
			return
		}
		l, err := r.Lock()
		if err != nil {
			t.Fatalf("locked, but: %s", err)
		}
		if packages, err := lock.Select(l, env); err == nil {
			lock.WriteRequirements(packages, lock.OptionsAt(r.Options, "/app"))
		}
	})
}

// FuzzReadPylock looks for locks that crash, and for evaluated ones that do not read back as they were written.
func FuzzReadPylock(f *testing.F) {
	seed(f, "testdata/pylock/*/pylock.toml", "testdata/uv/*/want")
	env := environment("3.14.6 x86_64")
	write := func(l lock.Lock, err error) (string, bool) {
		if err != nil {
			return "", false
		}
		packages, err := lock.Select(l, env)
		if err != nil {
			return "", false
		}
		return lock.WritePylock(packages)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		app := fstest.MapFS{"pylock.toml": {Data: data}, "pyproject.toml": {Data: data}}
		write(lock.ReadPylockFile(app, "pylock.toml", lock.Request{}))
		once, ok := write(lock.ReadPylock("pylock.toml", data))
		if !ok {
			return
		}
		if twice, ok := write(lock.ReadPylock("pylock.toml", []byte(once))); !ok || twice != once {
			t.Fatalf("wrote\n%s\nthen\n%s", once, twice)
		}
	})
}
