package install_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testApp(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		app    string
	)

	it.Before(func() { app = t.TempDir() })

	sources := func() []install.Source {
		list, err := install.AppSources(app, "/outputs", 14)
		Expect(err).NotTo(HaveOccurred())
		return list
	}

	it("lists the app's own sources", func() {
		tree(t, app, map[string]string{
			"app.py": "", "pkg/__init__.py": "", "pkg/sub/x.py": "", "tests/test_app.py": "", "script": "", "data.pyi": "", "venv/lib.py": "",
			".venv/x.py": "", ".git/hooks/x.py": "", "node_modules/gyp/x.py": "", "__pycache__/x.py": "", "pkg/__pycache__/x.py": "",
			"env/pyvenv.cfg": "", "env/lib/python3.14/site-packages/x.py": "", "vendor/site-packages/x.py": "", "dir.py/x.txt": "",
		})
		Expect(os.Symlink("app.py", filepath.Join(app, "link.py"))).To(Succeed())
		var rel []string
		for _, s := range sources() {
			Expect(s.Name).To(Equal(s.Path))
			rel = append(rel, strings.TrimPrefix(s.Path, app+"/")+" "+s.Output)
		}
		Expect(rel).To(Equal([]string{
			"app.py /outputs/__pycache__/app.cpython-314.pyc",
			"pkg/__init__.py /outputs/pkg/__pycache__/__init__.cpython-314.pyc",
			"pkg/sub/x.py /outputs/pkg/sub/__pycache__/x.cpython-314.pyc",
			"tests/test_app.py /outputs/tests/__pycache__/test_app.cpython-314.pyc",
			"venv/lib.py /outputs/venv/__pycache__/lib.cpython-314.pyc",
		}))
	})

	it("digests names and contents, not times", func() {
		digest := func(text string) string {
			tree(t, app, map[string]string{"a.py": text, "b.py": ""})
			sum, err := install.Digest(app, sources())
			Expect(err).NotTo(HaveOccurred())
			return sum
		}
		base := digest("one")
		Expect(digest("two")).NotTo(Equal(base))
		Expect(digest("one")).To(Equal(base))
		Expect(os.Rename(filepath.Join(app, "b.py"), filepath.Join(app, "c.py"))).To(Succeed())
		sum, err := install.Digest(app, sources())
		Expect(err).NotTo(HaveOccurred())
		Expect(sum).NotTo(Equal(base))
	})

	it("names the file that cannot be read", func() {
		_, err := install.Digest(app, []install.Source{{Path: filepath.Join(app, "pkg/gone.py")}})
		Expect(errors.As(err, new(*failure.Error))).To(BeTrue())
		Expect(err).To(MatchError("pkg/gone.py cannot be read: no such file or directory\n  where: pkg/gone.py\n  fix: make it readable for everybody: chmod a+rX pkg/gone.py"))
	})

	it("names a directory that cannot be read", func() {
		if os.Getuid() == 0 {
			t.Skip("root may read everything")
		}
		tree(t, app, map[string]string{"pkg/x.py": ""})
		Expect(os.Chmod(filepath.Join(app, "pkg"), 0)).To(Succeed())
		_, err := install.AppSources(app, "/outputs", 14)
		Expect(err).To(MatchError(HavePrefix("pkg cannot be read: permission denied")))
		Expect(os.Chmod(filepath.Join(app, "pkg"), 0o755)).To(Succeed())
	})

	it("links bytecode in the place of __pycache__, whatever stands there", func() {
		tree(t, app, map[string]string{"a.py": "", "pkg/b.py": "", "pkg/sub/c.py": "", "pkg/z.py": "", "pkg/__pycache__/old.pyc": "old"})
		Expect(os.Symlink("/elsewhere", filepath.Join(app, "__pycache__"))).To(Succeed())
		for range 2 { // a second build finds the links of the first
			Expect(install.LinkBytecode(sources(), app, "/outputs")).To(Succeed())
			for dir, want := range map[string]string{"": "/outputs/__pycache__", "pkg": "/outputs/pkg/__pycache__", "pkg/sub": "/outputs/pkg/sub/__pycache__"} {
				Expect(os.Readlink(filepath.Join(app, dir, "__pycache__"))).To(Equal(want))
			}
		}
	})
}
