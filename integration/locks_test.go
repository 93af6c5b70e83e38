package integration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// filledIn is a copy of an app of testdata/apps, the package index put into its lock files.
func filledIn(t *testing.T, name string) *app {
	t.Helper()
	a := newApp(t, nil)
	materialize(t, filepath.Join("testdata/apps", name), a.dir)
	return a
}

// installed lists what importlib.metadata finds in the image, sorted: "name version".
func (a *app) installed() []string {
	a.t.Helper()
	out, err := a.python("from importlib.metadata import distributions as d\nfor x in sorted(f'{x.name.lower()} {x.version}' for x in d()): print(x)")
	if err != nil {
		a.t.Fatal(out, err)
	}
	return strings.Split(strings.TrimSpace(out), "\n")
}

// packages is what the log says about the file that decides.
func (l log) packages() string {
	_, text, _ := strings.Cut(l.building(), "\n  Packages\n")
	if text == "" {
		_, text, _ = strings.Cut(l.building(), "\nPackages\n")
	}
	text, _, _ = strings.Cut(text, "\n\n")
	return strings.TrimSpace(text)
}

// One app of each format: exactly its production packages are in the image, and what a setting adds.
func testLocks(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const dangerous, id, packaging, self = "itsdangerous 2.2.0", "idna 3.20", "packaging 26.3", "moon-phase 1.4"
	const dateutil, six = "python-dateutil 2.9.0.post0", "six 1.17.0"
	for _, c := range []struct {
		app, setting string
		log          string
		want         []string
		script       bool // the app is installed, with its console script
	}{
		{app: "poetry", log: "Using poetry.lock, which matches pyproject.toml: 2 packages for production (no groups, no extras)",
			want: []string{dangerous, self}, script: true},
		{app: "poetry", setting: "BP_PYTHON_EXTRAS=web", log: "Using poetry.lock, which matches pyproject.toml: 3 packages for production (no groups, extras web)",
			want: []string{id, dangerous, self}, script: true},
		{app: "poetry-1.1", log: "Using poetry.lock, which matches pyproject.toml: 3 packages for production (no groups, no extras)",
			want: []string{self, dateutil, six}, script: true},
		{app: "poetry-1.1", setting: "BP_PYTHON_EXTRAS=web", log: "Using poetry.lock, which matches pyproject.toml: 4 packages for production (no groups, extras web)",
			want: []string{id, self, dateutil, six}, script: true},
		{app: "pdm", log: "Using pdm.lock, which matches pyproject.toml: 1 package for production (no groups, no extras)",
			want: []string{dangerous}},
		{app: "pdm", setting: "BP_PYTHON_GROUPS=ops", log: "Using pdm.lock, which matches pyproject.toml: 2 packages for production (groups ops, no extras)",
			want: []string{dangerous, packaging}},
		{app: "pipenv", log: "Using Pipfile.lock, which matches Pipfile: 1 package for production (no groups, no extras)",
			want: []string{dangerous}},
		{app: "pipenv", setting: "BP_PYTHON_GROUPS=docs", log: "Using Pipfile.lock, which matches Pipfile: 2 packages for production (groups docs, no extras)",
			want: []string{id, dangerous}},
		{app: "pylock", setting: "BP_PYTHON_LOCK=uv.lock", log: "Using uv.lock, which matches pyproject.toml: 1 package for production (no groups, no extras)\n" +
			"  Ignoring pylock.toml: BP_PYTHON_LOCK chooses uv.lock", want: []string{dangerous}},
		{app: "hashed", log: "Using requirements.txt: 3 packages, all pinned and hashed", want: []string{"idna 3.19", dangerous, "pygments 2.19.2"}},
		{app: "workspace", setting: "BP_PYTHON_MEMBER=moon-api", log: "Using uv.lock, which matches pyproject.toml: 3 packages for production (no groups, no extras)",
			want: []string{dangerous, "moon-api 1", "moon-lib 1"}, script: true},
	} {
		it("installs what is locked by "+c.app+", "+c.setting, func() {
			a := filledIn(t, c.app)
			var flags []string
			if c.setting != "" {
				flags = []string{"--env", c.setting}
			}
			l := a.mustBuild(flags...)
			Expect(l.packages()).To(Equal(c.log))
			Expect(a.installed()).To(Equal(c.want))
			if c.script {
				Expect(a.output("launcher", "moon")).To(Equal("full moon\n"))
			}
			Expect(a.mustBuild(flags...).exported("Adding")).To(BeEmpty())
		})
	}

	it("stops at locks that disagree, and takes the one that a setting names", func() {
		a := filledIn(t, "pylock")
		l, err := a.build()
		Expect(err).To(HaveOccurred())
		golden(t, "messages/locks-disagree", l.building())
		l = a.mustBuild("--env", "BP_PYTHON_LOCK=pylock.toml")
		Expect(l.packages()).To(Equal("Using pylock.toml: 2 packages for production (no groups, no extras)\n" +
			"  Ignoring uv.lock: BP_PYTHON_LOCK chooses pylock.toml"))
		Expect(a.installed()).To(Equal([]string{id, dangerous}))
	})

	it("stops at pylocks of which none is the app's, and takes the one that a setting names", func() {
		a := filledIn(t, "pylock")
		named, err := os.ReadFile(filepath.Join(a.dir, "pylock.toml"))
		Expect(err).NotTo(HaveOccurred())
		write(t, a.dir, map[string]string{"pylock.toml": "", "uv.lock": "", "pylock.web.toml": string(named), "pylock.job.toml": "lock-version = \"1.0\"\ncreated-by = \"hand\"\npackages = []\n"})
		l, err := a.build("--network", "none")
		Expect(err).To(HaveOccurred())
		golden(t, "messages/several-pylocks", l.building())
		l = a.mustBuild("--env", "BP_PYTHON_LOCK=pylock.web.toml")
		Expect(l.packages()).To(Equal("Using pylock.web.toml: 2 packages for production (no groups, no extras)\n" +
			"  Ignoring pylock.job.toml: BP_PYTHON_LOCK chooses pylock.web.toml"))
		Expect(a.installed()).To(Equal([]string{id, dangerous}))
	})

	it("resolves a setup.py once, installs the app, and leaves nothing in the app dir", func() {
		a := fixture(t, "setup-py")
		Expect(a.mustBuild().packages()).To(ContainSubstring("setup.py is not a lock"))
		Expect(a.installed()).To(Equal([]string{dangerous, self}))
		Expect(a.output("launcher", "bash", "-c", "moon && ls /workspace")).To(Equal("full moon\nProcfile\n__pycache__\nmoon_phase.py\nsetup.py\n"))
		l := a.mustBuild()
		Expect(l.packages()).To(HavePrefix("Using the versions that an earlier build resolved: setup.py has not changed since"))
		Expect(l.exported("Adding")).To(BeEmpty())

		write(t, a.dir, map[string]string{"requirements.txt": "-e .[web]\n"})
		Expect(a.mustBuild().packages()).To(ContainSubstring("requirements.txt is not a lock"))
		Expect(a.installed()).To(Equal([]string{"idna 3.19", dangerous, self}))
	})

	it("keeps the Python of the previous image when nothing asks for one any more", func() {
		a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n", ".python-version": "3.12\n"})
		a.mustBuild()
		write(t, a.dir, map[string]string{".python-version": ""})
		Expect(a.mustBuild().building()).To(ContainSubstring("Using Python 3.12.3 (the previous image has 3.12; ask for 3.14 in .python-version to move on)"))
	})
}
