package tree_test

import (
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"

	"github.com/lockstep/python/internal/tree"
)

func TestTree(t *testing.T) {
	spec.Run(t, "tree", testTree, spec.Report(report.Terminal{}))
}

func testTree(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect
	var app string

	write := func(name, content string) {
		path := filepath.Join(app, name)
		Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		Expect(os.WriteFile(path, []byte(content), 0o644)).To(Succeed())
	}
	link := func(target, name string) {
		Expect(os.MkdirAll(filepath.Dir(filepath.Join(app, name)), 0o755)).To(Succeed())
		Expect(os.Symlink(target, filepath.Join(app, name))).To(Succeed())
	}
	digest := func() string {
		t.Helper()
		sum, err := tree.Digest(app, "lib")
		Expect(err).NotTo(HaveOccurred())
		return sum
	}

	it.Before(func() {
		app = t.TempDir()
		write("lib/pyproject.toml", "[project]\n")
		write("lib/src/a.py", "x = 1\n")
		write("shared/b.py", "y = 1\n")
		link("../../shared", "lib/src/shared")
		link("a.py", "lib/src/c.py")
		link("../gone", "lib/dangling")
		link("..", "lib/src/up")
		link("/etc", "lib/etc")
	})

	for _, c := range []struct {
		name    string
		changes bool
		do      func()
	}{
		{"a source", true, func() { write("lib/src/a.py", "x = 2\n") }},
		{"a new file", true, func() { write("lib/data.txt", "") }},
		{"what a link out of the directory leads to", true, func() { write("shared/b.py", "y = 2\n") }},
		{"a link within", true, func() {
			Expect(os.Remove(filepath.Join(app, "lib/src/c.py"))).To(Succeed())
			link("shared/b.py", "lib/src/c.py")
		}},
		{"a file beside the directory", false, func() { write("other.py", "") }},
		{"bytecode", false, func() { write("lib/src/__pycache__/a.pyc", "") }},
		{"a hidden directory", false, func() { write("lib/.git/HEAD", "ref") }},
	} {
		it("has a digest for which "+c.name+" matters or not", func() {
			before := digest()
			Expect(digest()).To(Equal(before))
			c.do()
			Expect(digest() != before).To(Equal(c.changes))
		})
	}

	it("copies what a build needs, and nothing through a link into the app", func() {
		write("lib/src/__pycache__/a.pyc", "")
		write("lib/venv/pyvenv.cfg", "")
		write("lib/.git/HEAD", "ref")
		to := filepath.Join(t.TempDir(), "deep", "copy")
		Expect(tree.Copy(to, app, "lib")).To(Succeed())
		Expect(os.ReadFile(filepath.Join(to, "src/shared/b.py"))).To(BeEquivalentTo("y = 1\n"))
		info, err := os.Lstat(filepath.Join(to, "src/shared"))
		Expect(err).NotTo(HaveOccurred())
		Expect(info.IsDir()).To(BeTrue())
		Expect(os.Readlink(filepath.Join(to, "src/c.py"))).To(Equal("a.py"))
		Expect(os.Readlink(filepath.Join(to, "dangling"))).To(Equal("../gone"))
		Expect(os.Readlink(filepath.Join(to, "etc"))).To(Equal("/etc"))
		Expect(filepath.Join(to, ".git/HEAD")).To(BeARegularFile())
		Expect(filepath.Join(to, "src/__pycache__")).NotTo(BeADirectory())
		Expect(filepath.Join(to, "venv/pyvenv.cfg")).NotTo(BeARegularFile())
	})

	it("ends where a link out of the directory leads back to what it stands in", func() {
		link(app, "lib/everything")
		digest()
		Expect(tree.Copy(filepath.Join(t.TempDir(), "copy"), app, "lib")).To(Succeed())
	})

	it("knows the commit and the tags, of the repository of the directory or of the app", func() {
		Expect(tree.GitState(app, "lib")).To(BeEmpty())
		write(".git/HEAD", "ref: refs/heads/main\n")
		write(".git/refs/heads/main", "1\n")
		states := map[string]bool{tree.GitState(app, "lib"): true}
		for _, do := range []func(){
			func() { write(".git/refs/heads/main", "2\n") },
			func() { write(".git/refs/tags/v1", "2\n") },
			func() { write(".git/packed-refs", "3 refs/tags/v2\n") },
			func() { write(".git/HEAD", "4\n") },
			func() { write("lib/.git/HEAD", "5\n") },
		} {
			do()
			states[tree.GitState(app, "lib")] = true
		}
		Expect(states).To(HaveLen(6))
		write(".git/objects/x", "")
		Expect(states).To(HaveKey(tree.GitState(app, "lib")))
	})
}
