package process_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/process"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testProcfile(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	cases, err := filepath.Glob("testdata/*/*")
	if err != nil || len(cases) == 0 {
		t.Fatalf("finding the cases: %v", err)
	}
	for _, dir := range cases {
		it("reads "+dir, func() {
			app := os.DirFS(filepath.Join(dir, "app"))
			data, err := os.ReadFile(filepath.Join(dir, "app", "Procfile"))
			Expect(err).NotTo(HaveOccurred())
			got := render(process.ReadProcfile(data, app, helper))
			Expect(strings.HasPrefix(got, "error: ")).To(Equal(strings.HasPrefix(dir, "testdata/errors/")), got)
			for _, line := range corrections(got) {
				_, warnings, err := process.ReadProcfile([]byte("web: x\n"+strings.Replace(line, "web:", "web9:", 1)), app, helper)
				Expect(err).NotTo(HaveOccurred(), "reading the line that is to be written")
				Expect(warnings).To(BeEmpty())
			}
			golden.Compare(t, filepath.Join(dir, "want"), got)
		})
	}
}

func testPrograms(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		command string
		want    []process.Program
	}{
		{"python main.py", []process.Program{{Dir: ".", Args: []string{"python", "main.py"}}}},
		{"cd back && exec python main.py", []process.Program{{Dir: "back", Args: []string{"python", "main.py"}}}},
		{"cd back; cd site; poetry run flask run", []process.Program{{Dir: "back/site", Args: []string{"poetry", "run", "flask", "run"}}}},
		{"exec env A=b pipenv run env C=d flask run", []process.Program{{Dir: ".", Args: []string{"pipenv", "run", "env", "C=d", "flask", "run"}}}},
		{"cd back && python a.py && cd .. && python b.py", []process.Program{{Dir: "back", Args: []string{"python", "a.py"}}, {Dir: ".", Args: []string{"python", "b.py"}}}},
		{"env --chdir=back A=b python main.py", []process.Program{{Dir: "back", Args: []string{"python", "main.py"}}}},
		{"gunicorn --chdir back main:app", []process.Program{{Dir: "back", Args: []string{"gunicorn", "--chdir", "back", "main:app"}}}},
		{"uvicorn --app-dir=back main:app", []process.Program{{Dir: "back", Args: []string{"uvicorn", "--app-dir=back", "main:app"}}}},
		{"PYTHONPATH=lib python main.py", []process.Program{{Dir: ".", Elsewhere: true, Args: []string{"python", "main.py"}}}},
		{"(cd back && python a.py); python b.py", []process.Program{{Dir: "back", Elsewhere: true, Args: []string{"python", "a.py"}}, {Dir: "back", Elsewhere: true, Args: []string{"python", "b.py"}}}},
		{"cd .. && python main.py", []process.Program{{Dir: "..", Args: []string{"python", "main.py"}}}},
	} {
		it("finds what is started by "+c.command, func() {
			for i := range c.want {
				c.want[i].Line, c.want[i].Type = 1, "web"
			}
			Expect(process.Programs([]byte("web: " + c.command + "\n"))).To(Equal(c.want))
		})
	}
}

var corrected = regexp.MustCompile(`(?m)(?:write one line: |write |e\.g\. line 4: |command, e\.g\. |perhaps to read: |Write instead: )([\w.-]+: .*)$`)

// corrections are the lines that the messages say to write.
func corrections(text string) []string {
	var lines []string
	for _, match := range corrected.FindAllStringSubmatch(text, -1) {
		lines = append(lines, match[1])
	}
	return lines
}

func render(list []process.Process, warnings []process.Warning, err error) string {
	if err != nil {
		var owners *failure.Error
		if !errors.As(err, &owners) {
			return "error: not the owner's: " + err.Error() + "\n"
		}
		return "error: " + err.Error() + "\n"
	}
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "%s default=%t shell=%t\n", p.Type, p.Default, p.Shell)
		for _, word := range p.Command {
			fmt.Fprintf(&b, "  %q\n", word)
		}
	}
	for _, w := range warnings {
		fmt.Fprintf(&b, "warning, line %d: %s\n", w.Line, w.Text)
	}
	return b.String()
}
