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

var zeros = strings.Repeat("0", 64)

const stalePoetry = "[project]\nname = \"moon-phase\"\nversion = \"1.4\"\nrequires-python = \">=3.12\"\ndependencies = [\"itsdangerous>=2.2\", \"pygments\"]\n\n" +
	"[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n"

const stalePDM = "[project]\nname = \"moon-phase\"\nversion = \"1.4\"\nrequires-python = \">=3.12\"\ndependencies = [\"itsdangerous>=2.3\", \"pygments\"]\n\n" +
	"[tool.pdm]\ndistribution = false\n"

const stalePipfile = "[packages]\nitsdangerous = \">=2.3\"\npygments = \"*\"\n\n[dev-packages]\npackaging = \"*\"\n\n[requires]\npython_version = \"3.12\"\n"

// unplugged builds without a network: what fails in the same words then has asked for nothing.
var unplugged = []string{"--network", "none"}

const setuptools = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n" +
	"[project]\nname = \"moon-phase\"\nversion = \"1\"\ndependencies = [\"itsdangerous==2.2.0\"]\n"

// mistake is an app that does not build, and what puts it right.
type mistake struct {
	name  string // of the golden file: all that the buildpack says
	app   func(*testing.T) *app
	files map[string]string
	flags []string
	long  bool // a program's own words are of no use in a golden file
	mend  map[string]string
	check string // Python that the mended image runs
}

func mistakes() []mistake {
	pyproject := func(requires string) string {
		return "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \"" + requires + "\"\n"
	}
	uv := func(t *testing.T) *app { return sample(t, "fastapi") }
	locked := func(name string) func(*testing.T) *app { return func(t *testing.T) *app { return filledIn(t, name) } }
	return []mistake{
		{name: "python-unknown", files: map[string]string{".python-version": "3.99\n"}, mend: map[string]string{".python-version": "3.12\n"}},
		{name: "python-patch-unknown", files: map[string]string{"runtime.txt": "python-3.14.99\n"}, mend: map[string]string{"runtime.txt": "python-3.14.6\n"}},
		{name: "python-end-of-life", files: map[string]string{".python-version": "3.8\n"}, mend: map[string]string{".python-version": ""}},
		{name: "python-not-a-version", files: map[string]string{".python-version": "newest\n"}, mend: map[string]string{".python-version": "3\n"}},
		{name: "python-contradiction", files: map[string]string{".python-version": "3.12\n", "pyproject.toml": pyproject(">=3.13")},
			mend: map[string]string{"pyproject.toml": pyproject(">=3.12")}},
		{name: "toml-pyproject", files: map[string]string{"pyproject.toml": "[project]\nname = \"app\"\nversion = 1.0.0\n"},
			mend: map[string]string{"pyproject.toml": pyproject(">=3.12")}},
		{name: "toml-uv-lock", app: uv, files: map[string]string{"uv.lock": "version = 1\n<<<<<<< HEAD\nrevision = 3\n=======\nrevision = 2\n>>>>>>> other\n"}},
		{name: "uv-lock-stale", app: uv, flags: unplugged, files: map[string]string{"pyproject.toml": "[project]\nname = \"fastapi-sample\"\nversion = \"1.0.0\"\nrequires-python = \">=3.11\"\n" +
			"dependencies = [\"fastapi>=0.200\", \"jinja2>=3.1.6\", \"uvicorn[standard]>=0.54\", \"httpx\"]\n"}},
		{name: "wrong-hash", files: map[string]string{"requirements.txt": "itsdangerous==2.2.0 --hash=sha256:" + zeros + "\n"},
			mend: hashed, check: "import itsdangerous"},
		{name: "no-such-package", files: map[string]string{"requirements.txt": "lockstep-has-no-such-package==1.0\n"},
			mend: hashed, check: "import itsdangerous"},
		{name: "no-such-version", files: map[string]string{"requirements.txt": "itsdangerous==99.0\n"}, mend: hashed, check: "import itsdangerous"},
		{name: "no-such-version-hashed", files: map[string]string{"requirements.txt": "itsdangerous==99.0 --hash=sha256:" + zeros + "\n"},
			mend: hashed, check: "import itsdangerous"},
		{name: "requirements-conflict", files: map[string]string{"requirements.txt": "itsdangerous==2.2.0\nflask==3.1.3\nwerkzeug<3\n"},
			mend: hashed, check: "import itsdangerous"},
		{name: "requirements-syntax", files: map[string]string{"requirements.txt": "# packages\nitsdangerous = 2.2.0\n"}, mend: hashed},
		{name: "requirements-include", files: map[string]string{"requirements.txt": "-r base.txt\n"}, mend: map[string]string{"base.txt": "# none\n"}},
		{name: "no-compiler", files: map[string]string{"requirements.txt": "python-levenshtein==0.12.2\n"}, long: true, mend: hashed, check: "import itsdangerous"},
		{name: "flat-layout", files: map[string]string{"pyproject.toml": setuptools, "api/__init__.py": "\n", "models/__init__.py": "\n"}, long: true,
			mend: map[string]string{"pyproject.toml": setuptools + "[tool.setuptools]\npackages = []\n"}, check: "import itsdangerous"},
		{name: "no-pg-config", files: map[string]string{"requirements.txt": "psycopg2==2.9.11\n"}, long: true, mend: hashed, check: "import itsdangerous"},
		{name: "requirements-option", files: map[string]string{"requirements.txt": "itsdangerous==2.2.0 --no-binary=itsdangerous\n"}, mend: hashed},
		{name: "index-unreachable", files: map[string]string{"requirements.txt": "itsdangerous==2.2.0\n"},
			flags: []string{"--env", "UV_DEFAULT_INDEX=http://127.0.0.1:9/simple", "--env", "UV_HTTP_RETRIES=0"}, check: "import itsdangerous"},
		{name: "procfile-duplicate-type", files: map[string]string{"Procfile": "web: python main.py\nweb: python -m main\n"},
			mend: map[string]string{"Procfile": "web: python main.py\n"}},
		{name: "procfile-empty-type", files: map[string]string{"Procfile": ": python main.py\n"}, mend: map[string]string{"Procfile": "web: python main.py\n"}},
		{name: "procfile-empty-command", files: map[string]string{"Procfile": "web:\n"}, mend: map[string]string{"Procfile": "web: python main.py\n"}},
		{name: "poetry-lock-stale", app: locked("poetry"), flags: unplugged, files: map[string]string{"pyproject.toml": stalePoetry}, check: "import itsdangerous"},
		{name: "pdm-lock-stale", app: locked("pdm"), flags: unplugged, files: map[string]string{"pyproject.toml": stalePDM}, check: "import itsdangerous"},
		{name: "pipfile-lock-stale", app: locked("pipenv"), flags: unplugged, files: map[string]string{"Pipfile": stalePipfile}, check: "import itsdangerous"},
		{name: "conda", files: map[string]string{"environment.yml": "dependencies:\n  - gdal\n"}, mend: hashed, check: "import itsdangerous"},
		{name: "which-requirements", files: map[string]string{"requirements/base.txt": "itsdangerous==2.2.0\n", "requirements/production.txt": "-r base.txt\n"},
			mend: map[string]string{"requirements.txt": "-r requirements/production.txt\n"}, check: "import itsdangerous"},
		{name: "bad-setting", flags: []string{"--env", "BP_PACKAGE_LAYERS=maybe"}},
	}
}

func testMessages(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, m := range mistakes() {
		it("explains "+m.name+", and builds when it is put right", func() {
			a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n"})
			if m.app != nil {
				a = m.app(t)
			}
			right := map[string]string{}
			for name := range m.files {
				if data, err := os.ReadFile(filepath.Join(a.dir, name)); err == nil {
					right[name] = string(data)
				}
			}
			write(t, a.dir, m.files)
			l, err := a.build(m.flags...)
			Expect(err).To(HaveOccurred(), string(l))
			Expect(a.id()).To(BeEmpty())
			text := l.building()
			if m.long {
				text = programs.ReplaceAllString(text, "\n      <the program's words>\n$1")
			}
			golden(t, "messages/"+m.name, text)

			write(t, a.dir, right)
			write(t, a.dir, m.mend)
			a.mustBuild()
			Expect(a.python(m.check)).To(BeEmpty())
		})
	}

	it("says what it looked for when the app dir is not a Python app", func() {
		a := newApp(t, map[string]string{"README": "text\n"})
		l, err := a.build()
		Expect(err).To(HaveOccurred())
		golden(t, "messages/not-python", l.phase("DETECTING"))
	})

	it("explains a wrong hash in uv.lock", func() {
		a := sample(t, "fastapi")
		lock := filepath.Join(a.dir, "uv.lock")
		data, err := os.ReadFile(lock)
		Expect(err).NotTo(HaveOccurred())
		hash := regexp.MustCompile(`(jinja2-\S+\.whl", hash = "sha256:)[0-9a-f]+`)
		Expect(os.WriteFile(lock, hash.ReplaceAll(data, []byte("${1}"+zeros)), 0o644)).To(Succeed())
		l, err := a.build()
		Expect(err).To(HaveOccurred(), string(l))
		golden(t, "messages/wrong-hash-uv-lock", l.building())
		Expect(os.WriteFile(lock, data, 0o644)).To(Succeed())
		a.mustBuild()
	})

	for _, c := range []struct{ name, file string }{
		{"unreadable-source", "main.py"},
		{"unreadable-requirements", "requirements.txt"},
		{"unreadable-procfile", "Procfile"},
		{"unreadable-lock", "uv.lock"},
	} {
		it("explains "+c.name, func() {
			a := fixture(t, "hashed")
			if c.file == "uv.lock" {
				a = sample(t, "fastapi")
			}
			Expect(os.Chmod(filepath.Join(a.dir, c.file), 0)).To(Succeed())
			l, err := a.build()
			Expect(err).To(HaveOccurred(), string(l))
			golden(t, "messages/"+c.name, l.building())
			Expect(os.Chmod(filepath.Join(a.dir, c.file), 0o644)).To(Succeed())
			a.mustBuild()
		})
	}

	for _, c := range []struct {
		name  string
		files map[string]string
		flags []string
	}{
		{name: "misspelled-setting", flags: []string{"--env", "BP_CPYTHON_VERSOIN=3.12"}},
		{name: "development-server", files: map[string]string{"Procfile": "web: flask --app main run\n"}},
		{name: "no-procfile", files: map[string]string{"Procfile": ""}},
		{name: "source-does-not-compile", files: map[string]string{"old.py": "print 'Python 2'\n"}},
	} {
		it("warns about "+c.name, func() {
			a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n"})
			write(t, a.dir, c.files)
			golden(t, "messages/"+c.name, a.mustBuild(c.flags...).building())
		})
	}

	it("warns about a committed .venv and uses nothing of it", func() {
		a := fixture(t, "hashed")
		site := ".venv/lib/python3.14/site-packages/"
		write(t, a.dir, map[string]string{
			".venv/pyvenv.cfg": "home = /usr/bin\n", ".venv/bin/python": "#!/bin/sh\nexit 1\n",
			site + "idna/__init__.py": "raise SystemExit('the wrong one')\n", site + "extra.py": "x = 1\n",
		})
		Expect(os.Chmod(filepath.Join(a.dir, ".venv/bin/python"), 0o755)).To(Succeed())
		golden(t, "messages/venv-committed", a.mustBuild().building())
		Expect(a.python("import idna, importlib.util as u; assert idna.__version__ and not u.find_spec('extra')")).To(BeEmpty())
		Expect(a.output("bash", "-c", "find /workspace/.venv -name '*.pyc' -o -name __pycache__")).To(BeEmpty())
	})
}

// programs finds a program's words: what is indented, up to the error itself.
var programs = regexp.MustCompile(`(?s)\n      ×.*?\n(\S)`)
