package start_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/start"
)

// corpus are apps as owners have them. Each has a golden file of what is found (want), and tells the response of its image
// (response), which the integration suite asks for.
const corpus = "../../integration/testdata/apps/start"

func testCorpus(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	apps, _ := filepath.Glob(corpus + "/*")
	for _, dir := range apps {
		it("finds "+filepath.Base(dir), func() {
			app := os.DirFS(dir)
			got := render(start.Find(app, packages(app), start.Settings{File: "requirements.txt"}))
			golden.Compare(t, filepath.Join(dir, "want"), got)
		})
	}

	it("are the table of docs/start.md", func() {
		const page, from, to = "../../docs/start.md", "<!-- apps -->\n", "<!-- /apps -->"
		text, err := os.ReadFile(page)
		Expect(err).NotTo(HaveOccurred())
		before, rest, ok := strings.Cut(string(text), from)
		_, after, closed := strings.Cut(rest, to)
		Expect(ok && closed).To(BeTrue())
		golden.Compare(t, page, before+from+table(apps)+to+after)
	})

	it("has at least 60 apps", func() { Expect(len(apps)).To(BeNumerically(">=", 60)) })
}

// table has a row for each app: what is locked, and what is started.
func table(apps []string) string {
	var b strings.Builder
	b.WriteString("| app | packages | default process |\n|---|---|---|\n")
	for _, dir := range apps {
		app := os.DirFS(dir)
		found, err := start.Find(app, packages(app), start.Settings{})
		command := "none, with a warning"
		for _, p := range found.Processes {
			if p.Default {
				command = "`" + p.Command + "`"
			}
		}
		if found.Needs != "" {
			command += ", " + found.Needs + " added with a warning"
		}
		if err != nil {
			command = "the build stops"
		}
		text, _ := os.ReadFile(filepath.Join(dir, "requirements.txt"))
		fmt.Fprintf(&b, "| %s | %s | %s |\n", filepath.Base(dir), strings.Join(strings.Fields(string(text)), ", "), command)
	}
	return b.String()
}

// render shows a result, a line a fact.
func render(r start.Result, err error) string {
	var b strings.Builder
	line := func(label, text string) {
		fmt.Fprintf(&b, "%s: %s\n", label, strings.ReplaceAll(text, "\n", "\n  "))
	}
	if err != nil {
		line("error", err.Error())
	}
	for _, p := range r.Processes {
		name := p.Type
		if p.Default {
			name += " (default)"
		}
		line(name, p.Command)
		if p.Single != "" {
			line("one worker", p.Type+": "+p.Single)
		}
	}
	if r.Needs != "" {
		line("needs", r.Needs)
	}
	for _, note := range r.Notes {
		line("note", note)
	}
	for _, warning := range r.Warnings {
		line("warning", warning)
	}
	return b.String()
}

// brought are the servers that come with other packages of the corpus.
var brought = map[string]string{
	"fastapi[standard]": "uvicorn", "litestar[standard]": "uvicorn", "quart": "hypercorn", "mcp": "uvicorn", "fastmcp": "uvicorn",
	"python-fasthtml": "uvicorn", "gradio": "uvicorn", "nicegui": "uvicorn", "daphne": "channels",
}

// newest are the releases that decide something when a requirement does not say which.
var newest = map[string]string{"gunicorn": "27.0.1", "mcp": "2.3.0", "huey": "3.5.4"}

var requirement = regexp.MustCompile(`^([A-Za-z0-9._-]+)(\[[a-z]+\])?(?:==(\S+))?`)

var (
	dependencies = regexp.MustCompile(`(?m)^dependencies = \[(.*)\]`)
	built        = regexp.MustCompile(`(?ms)^\[build-system\].*^name = "(.*?)"|^name = "(.*?)".*^\[build-system\]`)
)

// packages are those of an app's requirements.txt or pyproject.toml, as far as they decide something.
func packages(app fs.FS) start.Packages {
	found := start.Packages{}
	text, _ := fs.ReadFile(app, "requirements.txt")
	list := strings.Fields(string(text))
	if text, err := fs.ReadFile(app, "pyproject.toml"); err == nil {
		if match := dependencies.FindSubmatch(text); match != nil {
			list = append(list, strings.Fields(strings.NewReplacer(`"`, "", ",", " ").Replace(string(match[1])))...)
		}
		if match := built.FindSubmatch(text); match != nil {
			list = append(list, string(match[1])+string(match[2])) // the project itself
		}
	}
	for _, line := range list {
		match := requirement.FindStringSubmatch(line)
		version := match[3]
		if version == "" && !strings.Contains(line, "<") {
			version = newest[match[1]]
		}
		found[pep508.NewName(match[1])] = version
		if other := brought[match[1]+match[2]]; other != "" {
			found[pep508.NewName(other)] = ""
		}
	}
	return found
}
