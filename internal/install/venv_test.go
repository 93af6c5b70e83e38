package install_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testVenv(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		venv   install.Venv
	)

	it.Before(func() {
		venv = install.Venv{Prefix: filepath.Join(t.TempDir(), "prefix"), Home: "/layers/cpython/prefix/bin", Minor: 14}
		Expect(venv.Create()).To(Succeed())
	})

	link := func(name string) string {
		target, err := os.Readlink(filepath.Join(venv.Prefix, name))
		Expect(err).NotTo(HaveOccurred())
		return target
	}
	content := func(name string) string {
		data, err := os.ReadFile(filepath.Join(venv.Prefix, name))
		Expect(err).NotTo(HaveOccurred())
		return string(data)
	}

	it("creates an empty environment of the interpreter", func() {
		Expect(filesOf(venv.Prefix)).To(Equal([]string{"bin/python", "bin/python3", "bin/python3.14", "pyvenv.cfg"}))
		Expect(content("pyvenv.cfg")).To(Equal("home = /layers/cpython/prefix/bin\ninclude-system-site-packages = false\n"))
		Expect(link("bin/python")).To(Equal("/layers/cpython/prefix/bin/python3.14"))
		Expect(link("bin/python3")).To(Equal("python"))
		Expect(link("bin/python3.14")).To(Equal("python"))
		Expect(filepath.Join(venv.Prefix, install.SitePackages(14))).To(BeADirectory())
	})

	it("joins layers: their site-packages in order, their scripts and data as links, the first of two winning", func() {
		Expect(venv.Join([]install.Part{
			{Prefix: "/layers/a/prefix", Links: []string{"bin/x", "share/man/man1/x.1"}},
			{Prefix: "/layers/b/prefix", Links: []string{"bin/x", "bin/y"}, Hooks: true},
			{Prefix: "/layers/c/prefix"},
		})).To(Succeed())
		Expect(content("lib/python3.14/site-packages/lockstep.pth")).To(Equal("/layers/a/prefix/lib/python3.14/site-packages\n"+
			"/layers/b/prefix/lib/python3.14/site-packages\n/layers/c/prefix/lib/python3.14/site-packages\n"+
			"import site; site.addsitedir(\"/layers/b/prefix/lib/python3.14/site-packages\", vars().get('known_paths'))\n"), "hooks run when all is on the path")
		Expect(filesOf(venv.Prefix)).To(Equal([]string{"bin/python", "bin/python3", "bin/python3.14", "bin/x", "bin/y",
			"lib/python3.14/site-packages/lockstep.pth", "pyvenv.cfg", "share/man/man1/x.1"}))
		Expect(link("bin/x")).To(Equal("/layers/a/prefix/bin/x"))
		Expect(link("bin/y")).To(Equal("/layers/b/prefix/bin/y"))
		Expect(link("share/man/man1/x.1")).To(Equal("/layers/a/prefix/share/man/man1/x.1"))
	})

	it("joins nothing", func() {
		Expect(venv.Join(nil)).To(Succeed())
		Expect(content("lib/python3.14/site-packages/lockstep.pth")).To(BeEmpty())
	})

	it("says what it was doing when it cannot", func() {
		Expect(venv.Create()).To(MatchError(HavePrefix("making the virtual environment: ")))
	})
}
