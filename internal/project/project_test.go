package project_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/project"
)

func app(names ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, name := range names {
		files[name] = &fstest.MapFile{Data: []byte("broken \x00 content"), Mode: 0o644}
	}
	return files
}

func testScan(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	scan := func(names ...string) project.Project {
		found, err := project.Scan(app(names...))
		Expect(err).NotTo(HaveOccurred())
		return found
	}

	for _, c := range []struct {
		name  string
		files []string
		want  bool
	}{
		{"an empty directory", nil, false},
		{"a README alone", []string{"README.md"}, false},
		{"uv.lock", []string{"uv.lock"}, true},
		{"pylock.toml", []string{"pylock.toml"}, true},
		{"a named pylock", []string{"pylock.prod.toml"}, true},
		{"a pylock with a name that PEP 751 does not allow", []string{"pylock.a.b.toml"}, false},
		{"a pylock with no name", []string{"pylock..toml"}, false},
		{"requirements.txt", []string{"requirements.txt"}, true},
		{"pyproject.toml", []string{"pyproject.toml"}, true},
		{"setup.py", []string{"setup.py"}, true},
		{"setup.cfg", []string{"setup.cfg"}, true},
		{"Pipfile", []string{"Pipfile"}, true},
		{"manage.py", []string{"manage.py"}, true},
		{"environment.yml", []string{"environment.yml"}, true},
		{".python-version", []string{".python-version", "x.sh"}, true},
		{"runtime.txt", []string{"runtime.txt"}, true},

		{"app.py alone", []string{"app.py"}, true},
		{"main.py with others", []string{"main.py", "util.py"}, true},
		{"scripts that nothing starts", []string{"tool.py", "README.md"}, false},
		{"a package that nothing starts", []string{"pkg/__init__.py"}, false},
		{"a Procfile alone", []string{"Procfile"}, false},
		{"a Procfile beside Python", []string{"Procfile", "bot.py"}, true},
		{"a Procfile beside a package", []string{"Procfile", "pkg/__init__.py"}, true},
		{"a Procfile beside a program in a directory", []string{"Procfile", "backend/manage.py"}, true},
		{"a Procfile beside src/main.py", []string{"Procfile", "src/main.py"}, true},
		{"a Procfile beside a package in src", []string{"Procfile", "src/pkg/__init__.py"}, true},
		{"a Procfile beside a package deep down", []string{"Procfile", "a/b/c/__init__.py"}, false},
		{"a Procfile beside a package that is hidden", []string{"Procfile", ".cache/__init__.py"}, false},
		{"a Procfile in a directory", []string{"sub/Procfile", "sub/app.py"}, false},
		{"directories that have the names of files", []string{"uv.lock/x", "requirements.txt/x", "app.py/x", "Procfile/x"}, false},
		{"capitals", []string{"Requirements.txt", "UV.LOCK", "procfile"}, false},

		{"a Node.js app", []string{"package.json", "server.js", "Procfile", "node_modules/gyp/gyp_main.py", "node_modules/gyp/__init__.py"}, false},
		{"a Node.js app with a script of Python", []string{"package.json", "server.js", "Procfile", "scripts/convert.py"}, false},
		{"a Go app", []string{"go.mod", "main.go", "Procfile"}, false},
		{"an app of two languages", []string{"package.json", "requirements.txt"}, true},
	} {
		it("judges "+c.name, func() { Expect(scan(c.files...).IsPython()).To(Equal(c.want)) })
	}

	it("lists the files that matter, and no others", func() {
		found := scan("requirements.txt", "Procfile", "app.py", "README.md", "pyproject.toml", "pylock.b.toml", ".python-version", "src/uv.lock")
		Expect(found.Files).To(Equal([]string{".python-version", "Procfile", "pylock.b.toml", "pyproject.toml", "requirements.txt"}))
		Expect(found.Has("requirements.txt")).To(BeTrue())
		Expect(found.Has("uv.lock")).To(BeFalse())
		Expect(found.Has("README.md")).To(BeFalse())
	})

	it("names pylock files, that without a name first", func() {
		found := scan("pylock.b.toml", "uv.lock", "pylock.toml", "pylock.a.toml", "pylock.a.b.toml")
		Expect(found.Pylocks()).To(Equal([]string{"pylock.toml", "pylock.a.toml", "pylock.b.toml"}))
		Expect(scan("requirements.txt", "pyproject.toml").Pylocks()).To(BeEmpty())
	})

	it("names requirements files wherever they are kept", func() {
		found := scan("requirements.txt", "requirements.in", "requirements-prod.txt", "requirements_prod.txt", "dev-requirements.txt", "requirements/base.txt",
			"requirements/production.in", "requirements/README.md", "requirements/deep/x.txt", "requirements.md", "myrequirements.txt", "docs/requirements.txt")
		Expect(found.Requirements).To(Equal([]string{"dev-requirements.txt", "requirements-prod.txt", "requirements.in", "requirements/base.txt",
			"requirements/production.in", "requirements_prod.txt"}))
		Expect(scan("requirements/base.txt").IsPython()).To(BeTrue())
		Expect(scan("requirements/README.md").IsPython()).To(BeFalse())
	})

	it("names conda's files", func() {
		Expect(scan("environment.yml", "pixi.lock", "requirements.txt").Conda()).To(Equal([]string{"pixi.lock", "environment.yml"}))
	})

	it("finds committed virtual environments, whatever their names", func() {
		found := scan("app.py", "venv/pyvenv.cfg", "venv/lib/python3.13/site-packages/x.py", ".venv/pyvenv.cfg", "env/x.py", "deep/venv/pyvenv.cfg")
		Expect(found.Venvs).To(Equal([]string{".venv", "venv"}))
		Expect(scan("Procfile", "venv/pyvenv.cfg", "venv/bin/activate_this.py").IsPython()).To(BeFalse())
	})

	it("gives the error of a directory that it cannot read", func() {
		_, err := project.Scan(broken{})
		Expect(err).To(MatchError(fs.ErrPermission))
	})

	it("says what it looked for", func() {
		Expect(project.LookedFor()).To(Equal("pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, " +
			"requirements.txt, pyproject.toml, setup.py, setup.cfg, Pipfile, manage.py, " +
			"or Procfile, app.py, asgi.py, main.py, server.py, wsgi.py beside .py files"))
	})
}

type broken struct{}

func (broken) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}
