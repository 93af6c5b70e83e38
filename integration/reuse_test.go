package integration_test

import (
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// hashed is a lock of one light package.
var hashed = map[string]string{"requirements.txt": "itsdangerous==2.2.0 --hash=sha256:c6242fc49e35958c8b15141343aa660db5fc54d4f13a1db01a3f5891b98700ef\n"}

func testReuse(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	every := []string{"app-bytecode", "cpython", "launch-env", "packages-3", "packages-6", "pkg-pygments", "venv"}

	it("makes nothing when nothing changed", func() {
		a := fixture(t, "hashed")
		Expect(a.mustBuild().exported("Adding")).To(Equal(every))
		id := a.id()
		for _, flags := range [][]string{nil, hostile()} {
			l := a.mustBuild(flags...)
			Expect(l.exported("Reusing")).To(Equal(every), string(l))
			Expect(l.exported("Adding")).To(BeEmpty())
			golden(t, "logs/no-change", l.building())
			Expect(a.id()).To(Equal(id))
		}
	})

	it("makes the same again when it is told to forget the previous image's layers", func() {
		a := fixture(t, "hashed")
		a.mustBuild()
		id, before := a.id(), a.layers()
		l := a.mustBuild("--clear-cache")
		Expect(l.building()).To(ContainSubstring("reused 0 layers"))
		Expect(changed(before, a.layers())).To(BeEmpty(), string(l))
		Expect(a.id()).To(Equal(id), string(l))
	})

	it("keeps the versions that it resolved until the requirements change", func() {
		a := sample(t, "flask")
		a.mustBuild()
		id := a.id()
		offline := []string{"--env", "UV_DEFAULT_INDEX=http://127.0.0.1:9/simple"}
		l := a.mustBuild(offline...)
		Expect(l.building()).To(ContainSubstring("Using the versions that an earlier build resolved: requirements.txt has not changed since"))
		Expect(l.exported("Adding")).To(BeEmpty())
		Expect(a.id()).To(Equal(id))

		a.edit("requirements.txt", "flask==3.1.3\n", "flask==3.1.3\nidna\n")
		l = a.mustBuild()
		Expect(l.building()).To(ContainSubstring("Made packages-6: idna "))
		Expect(a.python("import idna")).To(BeEmpty())
	})

	for _, c := range []struct {
		name   string
		bumped string // requirements of testdata
		change map[string]string
		flags  []string
		layers []string // that differ afterwards
		log    string   // golden
		check  string   // Python, prints nothing when all is well
	}{
		{
			name:   "makes only the app's bytecode when only code changed",
			change: map[string]string{"main.py": "print('changed')\n"},
			layers: []string{"app", "app-bytecode"},
			log:    "code-changed",
			check:  "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as f: import main\nassert f.getvalue() == 'changed\\n'; assert main.__cached__",
		},
		{
			name:   "reuses the app's bytecode when other files changed",
			change: map[string]string{"page.html": "<p>changed</p>\n"},
			layers: []string{"app"},
			log:    "page-changed",
		},
		{
			name:   "makes the light packages when one of them changed",
			bumped: "light",
			layers: []string{"app", "packages-6"},
			log:    "light-bumped",
			check:  "import idna; assert idna.__version__ == '3.20', idna.__version__",
		},
		{
			name:   "makes a heavy package alone when it changed",
			bumped: "heavy",
			layers: []string{"app", "pkg-pygments"},
			log:    "heavy-bumped",
			check:  "import pygments; assert pygments.__version__ == '2.20.0', pygments.__version__",
		},
		{
			name:   "leaves nothing of packages that were removed",
			change: hashed,
			layers: []string{"app", "-packages-6", "-pkg-pygments", "venv"},
			log:    "removed",
			check: "import importlib.util as u, importlib.metadata as m\nassert not u.find_spec('idna') and not u.find_spec('pygments')\n" +
				"assert [d.name for d in m.distributions()] == ['itsdangerous'], list(m.distributions())",
		},
		{
			name:   "makes everything for another Python, and says why",
			change: map[string]string{".python-version": "3.12\n"},
			layers: []string{"app", "app-bytecode", "cpython", "packages-3", "packages-6", "pkg-pygments", "venv"},
			log:    "python-changed",
			check:  "import sys, idna, pygments, itsdangerous; assert sys.version_info[:2] == (3, 12)",
		},
		{
			name:   "puts all packages into one layer when told to",
			flags:  []string{"--env", "BP_PACKAGE_LAYERS=false"},
			layers: []string{"+packages", "-packages-3", "-packages-6", "-pkg-pygments", "venv"},
			log:    "one-layer",
			check:  "import idna, pygments, itsdangerous",
		},
	} {
		it(c.name, func() {
			a := fixture(t, "hashed")
			a.mustBuild()
			before := a.layers()
			write(t, a.dir, c.change)
			if c.bumped != "" {
				bumped, err := os.ReadFile(filepath.Join("testdata/requirements", c.bumped+"-bumped.txt"))
				Expect(err).NotTo(HaveOccurred())
				write(t, a.dir, map[string]string{"requirements.txt": string(bumped)})
			}
			l := a.mustBuild(c.flags...)
			Expect(changed(before, a.layers())).To(Equal(c.layers))
			golden(t, "logs/"+c.log, l.building())
			if c.check != "" {
				Expect(a.python(c.check)).To(BeEmpty())
			}
			// The layers depend on what is in them now, not on how they came about.
			fresh := newApp(t, nil)
			Expect(os.CopyFS(fresh.dir, os.DirFS(a.dir))).To(Succeed())
			fresh.mustBuild(c.flags...)
			Expect(changed(a.layers(), fresh.layers())).To(BeEmpty())
		})
	}
}
