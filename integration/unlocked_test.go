package integration_test

import (
	"slices"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// One app of each manifest without a lock: its production packages are resolved, exactly they are in the image, and they are used
// again without asking the index.
func testUnlocked(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const dateutil, id, self, six = "python-dateutil 2.9.0.post0", "idna 3.20", "moon-phase 1.4", "six 1.17.0"
	const module = "import dateutil\n\n\ndef main():\n    print(\"full moon\")\n"
	const project = "[project]\nname = \"moon-phase\"\nversion = \"1.4\"\ndependencies = [\"python-dateutil==2.9.0.post0\", \"six==1.17.0\"]\n\n" +
		"[project.optional-dependencies]\nweb = [\"idna==3.20\"]\n\n[dependency-groups]\ndev = [\"packaging\"]\nops = [\"itsdangerous==2.2.0\"]\n\n"
	const script = "[project.scripts]\nmoon = \"moon_phase:main\"\n\n[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"

	for _, c := range []struct {
		name, file string
		files      map[string]string
		flags      []string
		want       []string
		script     bool // the app is installed, with its console script
	}{
		{name: "a [project]", file: "pyproject.toml", files: map[string]string{"pyproject.toml": project}, want: []string{dateutil, six}},
		{name: "a [project] with an extra and a group", file: "pyproject.toml", files: map[string]string{"pyproject.toml": project},
			flags: []string{"--env", "BP_PYTHON_EXTRAS=web", "--env", "BP_PYTHON_GROUPS=ops"}, want: []string{id, "itsdangerous 2.2.0", dateutil, six}},
		{name: "a [project] that is a package", file: "pyproject.toml", files: map[string]string{"pyproject.toml": project + script, "src/moon_phase.py": module},
			want: []string{self, dateutil, six}, script: true},
		{name: "a setup.cfg", file: "setup.cfg", files: map[string]string{"moon_phase.py": module,
			"setup.cfg": "[metadata]\nname = moon-phase\nversion = 1.4\n\n[options]\npy_modules = moon_phase\ninstall_requires =\n    python-dateutil==2.9.0.post0\n    six==1.17.0\n\n" +
				"[options.extras_require]\nweb = idna==3.20\n\n[options.entry_points]\nconsole_scripts =\n    moon = moon_phase:main\n"},
			flags: []string{"--env", "BP_PYTHON_EXTRAS=web"}, want: []string{id, self, dateutil, six}, script: true},
		{name: "a Pipfile", file: "Pipfile", files: map[string]string{
			"Pipfile": "[packages]\npython-dateutil = \"==2.9.0.post0\"\nsix = {version = \"==1.17.0\"}\n\n[dev-packages]\npackaging = \"*\"\n\n[docs]\nidna = \"*\"\n"},
			want: []string{dateutil, six}},
		{name: "a requirements.txt", file: "requirements.txt", files: map[string]string{
			"requirements.txt": "-c limits.txt\npython-dateutil~=2.9.0\nidna; sys_platform == 'win32'\n", "limits.txt": "python-dateutil<=2.9.0.post0\nsix==1.17.0\n"},
			want: []string{dateutil, six}},
		{name: "Poetry's own tables", file: "pyproject.toml", want: []string{self, dateutil, six}, script: true},
	} {
		it("resolves once "+c.name, func() {
			a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n"})
			if c.files == nil {
				a = fixture(t, "poetry-1.1")
				write(t, a.dir, map[string]string{"poetry.lock": ""})
			}
			write(t, a.dir, c.files)
			Expect(a.mustBuild(c.flags...).packages()).To(ContainSubstring(c.file + " is not a lock: it leaves versions or hashes open"))
			Expect(a.installed()).To(Equal(c.want))
			if c.script {
				Expect(a.output("launcher", "moon")).To(Equal("full moon\n"))
			}
			l := a.mustBuild(slices.Concat(unplugged, c.flags)...)
			Expect(l.packages()).To(HavePrefix("Using the versions that an earlier build resolved: " + c.file + " has not changed since"))
			Expect(l.exported("Adding")).To(BeEmpty())
		})
	}
}
