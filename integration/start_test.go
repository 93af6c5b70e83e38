package integration_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	"github.com/sclevine/spec"
)

var everyApp = flag.Bool("every-app", false, "build and run every app of testdata/apps/start, not only a few")

// fewApps stand for the ways in which a command is found and run: packages in src, a directory that is entered, a factory, settings
// of Django, servers that other packages bring, a loop of the app's own, a console script, a refusal.
var fewApps = []string{"fastapi-src", "fastapi-directory", "flask-factory", "django-settings-package", "quart", "tornado", "script-cli", "two-apps"}

// The unit tests of internal/start say what is found in these apps; here it has to work.
func testStart(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	dirs, _ := filepath.Glob("testdata/apps/start/*")
	for _, dir := range dirs {
		name := filepath.Base(dir)
		if !*everyApp && !slices.Contains(fewApps, name) {
			continue
		}
		it("starts "+name, func() {
			a := fixture(t, filepath.Join("start", name))
			want, err := os.ReadFile(filepath.Join(a.dir, "want"))
			Expect(err).NotTo(HaveOccurred())
			response, err := os.ReadFile(filepath.Join(a.dir, "response"))
			Expect(os.IsNotExist(err) || err == nil).To(BeTrue())
			write(t, a.dir, map[string]string{"want": "", "response": ""})
			if refusal, ok := strings.CutPrefix(string(want), "error: "); ok {
				l, err := a.build()
				Expect(err).To(HaveOccurred(), string(l))
				first, _, _ := strings.Cut(refusal, "\n")
				Expect(string(l)).To(ContainSubstring("Error: " + first))
				return
			}
			a.mustBuild()
			a.responds(strings.Fields(string(response)))
		})
	}
}

// A check that finds nothing in 90 apps is to be seen finding something.
func testCompiled(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("sees what Python compiles in a container", func() {
		a := newApp(t, map[string]string{"main.py": "import other\n", "other.py": "x = 1\n", "Procfile": "web: python main.py\n"})
		a.mustBuild()
		for command, want := range map[string]types.GomegaMatcher{
			"import other": BeEmpty(),
			"open('fresh.py', 'w').close(); import fresh": ConsistOf(ContainSubstring("/fresh.cpython-")),
		} {
			id := strings.TrimSpace(docker(t, "create", "--user", "0", "--entrypoint", "python", a.image, "-c", command))
			docker(t, "start", "--attach", id)
			Expect(compiled(t, id)).To(want)
			docker(t, "rm", "--volumes", id)
		}
	})
}

// responds asks for what a response file says: GET PATH TEXT or STATUS and flags for Docker, or RUN TEXT for an app that is no server.
func (a *app) responds(response []string) {
	a.t.Helper()
	var Expect = NewWithT(a.t).Expect
	switch {
	case len(response) == 0:
		return // it works for a queue or a warning says why it does not start
	case response[0] == "RUN":
		out := docker(a.t, "run", "--rm", "--read-only", a.image)
		Expect(out).To(ContainSubstring(response[1]))
		id := strings.TrimSpace(docker(a.t, "create", "--user", "0", a.image))
		defer docker(a.t, "rm", "--force", "--volumes", id)
		docker(a.t, "start", "--attach", id)
		Expect(compiled(a.t, id)).To(BeEmpty(), "compiled at start")
	default:
		c := a.start("8080", append(response[3:], "--read-only", "--tmpfs", "/tmp", "--user", "12345:12345")...)
		status, body, err := c.ask(response[1])
		Expect(err).NotTo(HaveOccurred())
		if number, err := strconv.Atoi(response[2]); err == nil {
			Expect(status).To(Equal(number), body)
		} else {
			Expect(status).To(Equal(200), c.logs)
			Expect(body).To(ContainSubstring(response[2]))
		}
		keeps := a.start("8080", "--user", "0")
		_, _, err = keeps.ask(response[1])
		Expect(err).NotTo(HaveOccurred())
		Expect(compiled(a.t, keeps.id)).To(BeEmpty(), "compiled at start")
		// Sanic waits forever for a worker that is told to stop before it has started: by now it has.
		docker(a.t, "stop", "--time", "10", c.id)
		Expect(docker(a.t, "inspect", "--format", "{{.State.ExitCode}}", c.id)).NotTo(Equal("137\n"), "killed instead of stopped:\n%s", c.logs())
	}
}

var pythons = regexp.MustCompile(`\.cpython-[0-9]+\.pyc\n$`)

// compiled gives the bytecode files that a container has made: Python keeps what it compiles where it may write. A package may
// rewrite its own source when it is imported, as beartype does: that bytecode has a mark of the package in its name.
func compiled(t *testing.T, container string) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(docker(t, "diff", container)) {
		if path, ok := strings.CutPrefix(line, "A "); ok && pythons.MatchString(path) {
			list = append(list, path)
		}
	}
	return list
}
