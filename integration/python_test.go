package integration_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// The supply has 3.14.6 and 3.12.3. What cannot be had is in messages_test.go; an end of life that is only warned about needs
// an archive of such a Python and is left to the unit tests.
func testPython(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const project = "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = "
	for _, c := range []struct {
		name, version, reason string
		files                 map[string]string
		flags                 []string
	}{
		{name: "the default", version: "3.14.6", reason: "default; write a .python-version file to choose"},
		{name: ".python-version", version: "3.12.3", reason: ".python-version asks for 3.12",
			files: map[string]string{".python-version": "3.12\n"}},
		{name: "runtime.txt", version: "3.12.3", reason: "runtime.txt asks for python-3.12.3",
			files: map[string]string{"runtime.txt": "python-3.12.3\n"}},
		{name: "requires-python", version: "3.12.3", reason: "pyproject.toml, project.requires-python asks for >=3.11,<3.13",
			files: map[string]string{"pyproject.toml": project + "\">=3.11,<3.13\"\n"}},
		{name: "BP_CPYTHON_VERSION before all others that allow it", version: "3.12.3", reason: "BP_CPYTHON_VERSION asks for 3.12.*",
			files: map[string]string{"pyproject.toml": project + "\">=3.11\"\n", ".python-version": "3\n"},
			flags: []string{"--env", "BP_CPYTHON_VERSION=3.12.*"}},
	} {
		it("takes "+c.name, func() {
			a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n"})
			write(t, a.dir, c.files)
			Expect(a.mustBuild(c.flags...).building()).To(ContainSubstring("  Using Python " + c.version + " (" + c.reason + ")\n"))
			Expect(a.python("import platform; print(platform.python_version())")).To(Equal(c.version + "\n"))
		})
	}
}
