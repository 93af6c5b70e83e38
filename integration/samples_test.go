package integration_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// The samples are built in a hostile environment: what it holds must reach neither uv nor the interpreters.
func testSamples(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		name, page string
		pid1       []string // how the command of process 1 ends
		packages   []string
		alone      bool // process 1 is the one that answers
	}{
		{
			name: "fastapi", page: "uvicorn",
			pid1: []string{"uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8080"},
			packages: []string{"annotated-doc", "annotated-types", "anyio", "click", "fastapi", "h11", "httptools", "idna", "jinja2",
				"markupsafe", "opentelemetry-api", "pydantic", "pydantic-core", "python-dotenv", "pyyaml", "starlette", "typing-extensions",
				"typing-inspection", "uvicorn", "uvloop", "watchfiles", "websockets"},
		},
		{
			name: "django", page: "uest book",
			pid1:     []string{"gunicorn", "mysite.wsgi", "--bind", "0.0.0.0:8080"},
			packages: []string{"asgiref", "django", "gunicorn", "sqlparse", "whitenoise"},
		},
		{
			name: "flask", page: "% lit, full around",
			pid1:     []string{"gunicorn", "app:app"},
			packages: []string{"blinker", "click", "flask", "gunicorn", "itsdangerous", "jinja2", "markupsafe", "werkzeug"},
		},
	} {
		it("builds and runs "+c.name, func() {
			a := sample(t, c.name)
			golden(t, "logs/"+c.name, a.mustBuild(hostile()...).building())

			runs := a.start("8080", "--read-only", "--tmpfs", "/tmp", "--user", "12345:12345", "--network", "bridge")
			Expect(runs.get("/")).To(ContainSubstring(c.page))
			info := runs.info()
			Expect(info.Uncached).To(BeEmpty(), "modules that are compiled at each start")
			Expect(info.Cached).To(BeNumerically(">", 100))
			Expect(strings.Join(info.PID1, " ")).To(MatchRegexp(`^/layers/lockstep_python/venv/prefix/bin/python\S* \S*/` +
				regexp.QuoteMeta(strings.Join(c.pid1, " ")) + `$`))
			Expect(names(info.Packages)).To(ConsistOf(c.packages))
			locked := locked(t, a.dir)
			for _, p := range info.Packages {
				name, version, _ := strings.Cut(p, "==")
				Expect(version).To(Equal(or(locked[name], version)), name)
			}
			Expect(runs.logs()).NotTo(MatchRegexp(`(?i)warning|traceback`))
		})
	}

	it("serves Django's static files and runs its commands", func() {
		a := sample(t, "django")
		a.mustBuild()
		runs := a.start("8080")
		style := regexp.MustCompile(`/static/[^"]+\.css`).FindString(runs.get("/"))
		Expect(style).NotTo(BeEmpty())
		Expect(runs.get(style)).To(ContainSubstring("{"))
		for _, args := range [][]string{{"check"}, {"python", "manage.py", "check"}} {
			Expect(runs.exec(args...)).To(ContainSubstring("System check identified no issues"))
		}
		Expect(a.output("check")).To(ContainSubstring("System check identified no issues"))
	})

	it("runs Flask's worker beside the web process", func() {
		a := sample(t, "flask")
		a.mustBuild()
		out, err := a.outputWith([]string{"--env", "WORKER_INTERVAL=0"}, "bash", "-c", "worker | head -n 1")
		Expect(err).NotTo(HaveOccurred(), out)
		Expect(out).To(MatchRegexp(`^worker: .* lit\n`))
	})
}

func names(packages []string) []string {
	var list []string
	for _, p := range packages {
		name, _, _ := strings.Cut(p, "==")
		list = append(list, name)
	}
	return list
}

var pin = regexp.MustCompile(`(?m)^(?:name = "(\S+)"\nversion = "(\S+)"|([a-z0-9-]+)==([^\s;]+))`)

// locked reads name and version of everything that a lock file or requirements.txt pins.
func locked(t *testing.T, dir string) map[string]string {
	t.Helper()
	versions := map[string]string{}
	for _, name := range []string{"uv.lock", "requirements.txt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		for _, m := range pin.FindAllStringSubmatch(string(data), -1) {
			versions[m[1]+m[3]] = m[2] + m[4]
		}
	}
	if len(versions) == 0 {
		t.Fatal("the app pins nothing")
	}
	return versions
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
