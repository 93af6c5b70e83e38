package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/command"
)

func testRead(t *testing.T, context spec.G, it spec.S) {
	var m *machine

	it.Before(func() {
		RegisterTestingT(t)
		m = newMachine(t)
		m.write(m.app, "app.py", "x = 1\n")
	})

	write := func(files map[string]string) {
		for name, content := range files {
			m.write(m.app, name, content)
		}
	}
	// packages are the lines of the log about packages.
	packages := func() string {
		t.Helper()
		_, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		_, log, _ = strings.Cut(log, "\nPackages\n")
		log, _, _ = strings.Cut(log, "\nLayers\n")
		return strings.TrimSpace(log)
	}
	message := func() string {
		t.Helper()
		_, _, err := m.build()
		Expect(err).To(HaveOccurred())
		Expect(m.installs).To(BeEmpty())
		return strings.TrimPrefix(err.Error(), "\nError: ")
	}
	const (
		pyproject = "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"flask\"]\n"
		poetry    = "[tool.poetry]\nname = \"app\"\nversion = \"1\"\n\n[tool.poetry.dependencies]\nflask = \"*\"\nclick = { version = \"*\", optional = true }\n\n[tool.poetry.extras]\nweb = [\"click\"]\n"
		zeros     = "0000000000000000000000000000000000000000000000000000000000000000"
	)

	for _, c := range []struct {
		name  string
		files map[string]string
		env   []string
		want  string
	}{
		{name: "names a lock that agrees", files: map[string]string{"pylock.toml": pylock("flask 3.1.0", "click 8.1.0")},
			want: "Using pylock.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring uv.lock: pylock.toml decides, and they agree"},
		{name: "takes the lock that a setting names", files: map[string]string{"pylock.toml": pylock("flask 3.0.0"), "requirements.txt": "flask==1\n"}, env: []string{"BP_PYTHON_LOCK=uv.lock"},
			want: "Using uv.lock, which matches pyproject.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring pylock.toml: BP_PYTHON_LOCK chooses uv.lock\n  Ignoring requirements.txt: BP_PYTHON_LOCK chooses uv.lock"},
		{name: "takes the requirements file that a setting names", files: map[string]string{"requirements/prod.txt": "click==8.1.0 --hash=sha256:" + zeros + "\n"},
			env: []string{"BP_PIP_REQUIREMENT=requirements/prod.txt"},
			want: "Using requirements/prod.txt: 1 package, all pinned and hashed\n" +
				"  Ignoring uv.lock: BP_PIP_REQUIREMENT chooses requirements/prod.txt"},
		{name: "takes several requirements files", files: map[string]string{"base.txt": "click==8.1.0 --hash=sha256:" + zeros + "\n", "web.txt": "flask==3.1.0 --hash=sha256:" + zeros + "\n"},
			env: []string{"BP_PIP_REQUIREMENT=base.txt web.txt"},
			want: "Using base.txt web.txt: 2 packages, all pinned and hashed\n" +
				"  Ignoring uv.lock: BP_PIP_REQUIREMENT chooses base.txt web.txt"},
		{name: "names open requirements", files: map[string]string{"requirements.txt": "flask\nclick==1\n"},
			want: "Using uv.lock, which matches pyproject.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring requirements.txt: uv.lock decides; they are not compared: requirements.txt leaves versions open"},
		{name: "names a part of the lock, and lines for other platforms", files: map[string]string{"requirements.txt": "flask==3.1\nclick==1 ; sys_platform == 'win32'\n"},
			want: "Using uv.lock, which matches pyproject.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring requirements.txt: uv.lock decides, and they agree"},
		{name: "names a lock that cannot be read", files: map[string]string{"pylock.toml": pylock("flask 3.1.0", "click 8.1.0"), "uv.lock": "version = 1\n<<<<<<< HEAD\n"},
			want: "Using pylock.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring uv.lock: pylock.toml decides; they are not compared: uv.lock is not valid TOML: expected '.' or '=', but got '<' instead"},
		{name: "names a lock that is stale", files: map[string]string{"pylock.toml": pylock("flask 3.1.0", "click 8.1.0"), "pyproject.toml": "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"flask>=3.1\"]\n"},
			want: "Using pylock.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring uv.lock: pylock.toml decides; they are not compared: uv.lock does not match pyproject.toml"},
		{name: "names conda's files", files: map[string]string{"environment.yml": "dependencies: [gdal]\n"},
			want: "Using uv.lock, which matches pyproject.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring environment.yml: packages of conda are not installed; uv.lock decides"},
		{name: "passes over pylocks with a name beside one without", files: map[string]string{"pylock.toml": pylock("flask 3.1.0", "click 8.1.0"), "pylock.dev.toml": pylock("pytest 9.0.0")},
			want: "Using pylock.toml: 2 packages for production (no groups, no extras)\n" +
				"  Ignoring pylock.dev.toml: pylock.toml decides\n  Ignoring uv.lock: pylock.toml decides, and they agree"},
	} {
		it(c.name, func() {
			m.uvLock("flask 3.1.0", "click 8.1.0")
			write(c.files)
			m.env = c.env
			Expect(packages()).To(Equal(c.want))
		})
	}

	for _, c := range []struct {
		name  string
		files map[string]string
		env   []string
		want  string
	}{
		{name: "two locks that disagree", files: map[string]string{"pylock.toml": pylock("flask 3.0.0", "click 8.1.0", "rich 14.0")},
			want: "pylock.toml and uv.lock do not agree on the packages of the app:\n" +
				"  - flask is 3.0.0 in pylock.toml, 3.1.0 in uv.lock\n  - rich 14.0 is only in pylock.toml\n" +
				"  where: pylock.toml, uv.lock\n" +
				"  fix: delete the one that is no longer kept up, or lock both again;\n       to build with pylock.toml all the same, set BP_PYTHON_LOCK=pylock.toml"},
		{name: "pinned requirements that disagree with the lock", files: map[string]string{"requirements.txt": "flask==3.0.0\nrich==14\nclick==8.1\n"},
			want: "uv.lock and requirements.txt do not agree on the packages of the app:\n" +
				"  - flask is 3.1.0 in uv.lock, 3.0.0 in requirements.txt\n  - rich 14 is only in requirements.txt\n" +
				"  where: uv.lock, requirements.txt\n" +
				"  fix: delete the one that is no longer kept up, or lock both again;\n       to build with uv.lock all the same, set BP_PYTHON_LOCK=uv.lock"},
		{name: "a setting that names no file", env: []string{"BP_PYTHON_LOCK=pylock.prod.toml"},
			want: "BP_PYTHON_LOCK names pylock.prod.toml, and the app dir has no such file\n  where: BP_PYTHON_LOCK\n" +
				"  fix: name one of these, or unset it: uv.lock, pyproject.toml"},
		{name: "a setting that names a file of another kind", env: []string{"BP_PYTHON_LOCK=app.py"},
			want: "BP_PYTHON_LOCK names app.py, which is no lock file that this buildpack reads\n  where: BP_PYTHON_LOCK\n" +
				"  fix: name one of @FORMATS@ or a pylock.<name>.toml;\n" +
				"       for a requirements file of another name, set BP_PIP_REQUIREMENT=app.py"},
		{name: "two settings", env: []string{"BP_PYTHON_LOCK=uv.lock", "BP_PIP_REQUIREMENT=requirements.txt"},
			want: "two settings choose where the packages come from: uv.lock and requirements.txt\n  where: BP_PYTHON_LOCK, BP_PIP_REQUIREMENT\n  fix: unset one of them"},
		{name: "several pylocks, none of which is the usual one", files: map[string]string{"pylock.prod.toml": pylock("flask 3.1.0"), "pylock.dev.toml": pylock("flask 3.1.0")},
			want: "there are several lock files and none is the usual pylock.toml: pylock.dev.toml, pylock.prod.toml\n  where: the app dir\n" +
				"  fix: choose one: BP_PYTHON_LOCK=pylock.dev.toml"},
		{name: "extras of a requirements file", files: map[string]string{"requirements.txt": "flask\n"}, env: []string{"BP_PIP_REQUIREMENT=requirements.txt", "BP_PYTHON_EXTRAS=web"},
			want: "BP_PYTHON_EXTRAS is set, but a requirements file has no extras of the app\n  where: BP_PYTHON_EXTRAS, requirements.txt\n  fix: unset BP_PYTHON_EXTRAS"},
	} {
		it("stops at "+c.name, func() {
			m.uvLock("flask 3.1.0", "click 8.1.0")
			write(c.files)
			m.env = c.env
			Expect(message()).To(Equal(strings.Replace(c.want, "@FORMATS@", "pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, requirements.txt, pyproject.toml, setup.py, setup.cfg, Pipfile", 1)))
		})
	}

	for _, c := range []struct {
		name  string
		files map[string]string
		env   []string
		want  string
	}{
		{name: "conda's files alone", files: map[string]string{"environment.yml": "dependencies: [gdal]\n"}, want: "are listed in environment.yml alone"},
		{name: "pixi.lock beside a pyproject.toml without dependencies", files: map[string]string{"pixi.lock": "x", "pyproject.toml": "[project]\nname = \"app\"\nversion = \"1\"\n"},
			want: "are listed in pixi.lock alone"},
		{name: "requirements files of other names alone", files: map[string]string{"requirements/dev.txt": "", "requirements/base.txt": "", "requirements/production.txt": ""},
			want: "there is no requirements.txt in the app dir, but there are other requirements files: requirements/base.txt, requirements/dev.txt, requirements/production.txt\n" +
				"  where: the app dir\n  fix: say which one lists the packages of the image: BP_PIP_REQUIREMENT=requirements/production.txt"},
		{name: "requirements.in alone", files: map[string]string{"requirements.in": "flask\n"}, want: "packages of the image: BP_PIP_REQUIREMENT=requirements.in"},
		{name: "an extra that pyproject.toml does not have", files: map[string]string{"pyproject.toml": pyproject + "[project.optional-dependencies]\nWeb = []\n"}, env: []string{"BP_PYTHON_EXTRAS=db"},
			want: "pyproject.toml has no extra named db\n  where: pyproject.toml, project.optional-dependencies; BP_PYTHON_EXTRAS\n  fix: name one of these in BP_PYTHON_EXTRAS: web"},
		{name: "a group that pyproject.toml does not have", files: map[string]string{"pyproject.toml": pyproject}, env: []string{"BP_PYTHON_GROUPS=ops"},
			want: "pyproject.toml has no dependency group named ops"},
		{name: "a member without a workspace", files: map[string]string{"pyproject.toml": pyproject}, env: []string{"BP_PYTHON_MEMBER=api"},
			want: "BP_PYTHON_MEMBER is set, but a pyproject.toml without uv.lock has no workspace"},
		{name: "groups of requirements", files: map[string]string{"requirements.txt": "flask\n"}, env: []string{"BP_PYTHON_GROUPS=ops"},
			want: "BP_PYTHON_GROUPS is set, but a requirements file has no dependency groups"},
		{name: "groups of a setup.py", files: map[string]string{"setup.py": "setup()"}, env: []string{"BP_PYTHON_GROUPS=ops"},
			want: "BP_PYTHON_GROUPS is set, but a setup.py has no dependency groups"},
		{name: "extras of Poetry's own tables", files: map[string]string{"pyproject.toml": poetry}, env: []string{"BP_PYTHON_EXTRAS=web"},
			want: "BP_PYTHON_EXTRAS is set, but a pyproject.toml of Poetry without poetry.lock has no extras of the app"},
		{name: "groups of Poetry's own tables", files: map[string]string{"pyproject.toml": poetry}, env: []string{"BP_PYTHON_GROUPS=ops"},
			want: "BP_PYTHON_GROUPS is set, but a pyproject.toml of Poetry without poetry.lock has no dependency groups"},
		{name: "extras of a Pipfile", files: map[string]string{"Pipfile": "[packages]\nflask = \"*\"\n"}, env: []string{"BP_PYTHON_EXTRAS=web"},
			want: "BP_PYTHON_EXTRAS is set, but a Pipfile without Pipfile.lock has no extras of the app"},
		{name: "categories of a Pipfile", files: map[string]string{"Pipfile": "[packages]\nflask = \"*\"\n[ops]\nclick = \"*\"\n"}, env: []string{"BP_PYTHON_GROUPS=ops"},
			want: "BP_PYTHON_GROUPS is set, but a Pipfile without Pipfile.lock has no dependency groups"},
	} {
		it("stops at "+c.name, func() {
			write(c.files)
			m.env = c.env
			Expect(message()).To(ContainSubstring(c.want))
		})
	}

	it("takes requirements for none when they only list comments, and reads the manifest", func() {
		write(map[string]string{"requirements.txt": "# see pyproject.toml\n", "pyproject.toml": pyproject})
		Expect(packages()).To(HavePrefix("Ignoring requirements.txt: pyproject.toml decides\n  pyproject.toml is not a lock"))
	})

	it("takes a setup.cfg that configures tools for what it is", func() {
		write(map[string]string{"setup.cfg": "[flake8]\nmax-line-length = 120\n"})
		Expect(packages()).To(Equal("setup.cfg lists no packages"))
	})

	// resolved are the arguments and the text that uv is given to resolve.
	resolved := func() (args, text string) {
		t.Helper()
		m.fail = func(c command.Command) error {
			if c.Args[1] == "compile" {
				input, err := os.ReadFile(filepath.Join(c.Dir, "app.py"))
				Expect(err).NotTo(HaveOccurred())
				Expect(string(input)).To(Equal("x = 1\n"))
				if c.Dir != m.app {
					args = "in a copy: "
				}
				data := make([]byte, 100)
				n, _ := c.In.Read(data)
				args, text = args+translated.ReplaceAllString(strings.Join(c.Args[2:len(c.Args)-9], " "), ""), string(data[:n])
			}
			return nil
		}
		_, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		return args, text
	}

	for _, c := range []struct {
		name, args, text string
		files            map[string]string
		env              []string
	}{
		{name: "a manifest of an app that is not installed", files: map[string]string{"pyproject.toml": pyproject}, args: "pyproject.toml"},
		{name: "a manifest with extras and groups", files: map[string]string{"pyproject.toml": pyproject + "[project.optional-dependencies]\nweb = []\n[dependency-groups]\nops = []\n"},
			env: []string{"BP_PYTHON_EXTRAS=web", "BP_PYTHON_GROUPS=ops"}, args: "pyproject.toml --extra web --group ops"},
		{name: "a manifest of a package", files: map[string]string{"pyproject.toml": pyproject + "[project.optional-dependencies]\nweb = []\n[build-system]\nrequires = []\n"},
			env: []string{"BP_PYTHON_EXTRAS=web"}, args: "-", text: ".[web]"},
		{name: "a manifest that is not a package by will", files: map[string]string{"pyproject.toml": pyproject + "[build-system]\nrequires = []\n[tool.uv]\npackage = false\n"}, args: "pyproject.toml"},
		{name: "a manifest that the build backend completes", files: map[string]string{"pyproject.toml": "[project]\nname = \"app\"\nversion = \"1\"\ndynamic = [\"dependencies\"]\n[build-system]\nrequires = []\n"},
			args: "in a copy: -", text: "."},
		{name: "a setup.py", files: map[string]string{"setup.py": "setup()"}, args: "in a copy: -", text: "."},
		{name: "a setup.py beside a pyproject.toml for tools", files: map[string]string{"setup.py": "setup()", "pyproject.toml": "[tool.black]\n"}, args: "in a copy: -", text: "."},
		{name: "a setup.cfg with requirements", files: map[string]string{"setup.cfg": "[options]\ninstall_requires = flask\n"}, args: "in a copy: -", text: "."},
		{name: "requirements", files: map[string]string{"requirements.txt": "flask\n"}, args: "requirements.txt"},
		{name: "requirements with a directory", files: map[string]string{"requirements.txt": "./lib\n"}, args: "in a copy: requirements.txt"},
		{name: "several requirements files", files: map[string]string{"base.txt": "flask\n", "web.txt": "click==1"}, env: []string{"BP_PIP_REQUIREMENT=base.txt web.txt"}, args: "requirements.txt requirements.txt"},
	} {
		it("resolves "+c.name, func() {
			write(c.files)
			m.env = c.env
			args, text := resolved()
			Expect(args).To(Equal(c.args))
			Expect(text).To(Equal(c.text))
			Expect(filepath.Glob(filepath.Join(m.app, "*.egg-info"))).To(BeEmpty())
		})
	}

	for _, c := range []struct {
		name   string
		change func()
	}{
		{"another value of the setting", func() { m.env = append(m.env, "BP_PYTHON_RESOLUTION=2") }},
		{"other extras", func() { m.env = []string{"BP_PYTHON_EXTRAS=web"} }},
		{"another manifest", func() {
			m.write(m.app, "pyproject.toml", pyproject+"# new\n[project.optional-dependencies]\nweb = []\n")
		}},
	} {
		it("resolves a manifest once, and again for "+c.name, func() {
			write(map[string]string{"pyproject.toml": pyproject + "[project.optional-dependencies]\nweb = []\n"})
			for _, again := range []bool{true, false, true} {
				result, log, err := m.build()
				Expect(err).NotTo(HaveOccurred())
				Expect(strings.Contains(log, "they are resolved now")).To(Equal(again))
				m.export(result)
				if !again {
					c.change()
				}
			}
		})
	}

	it("keeps the minor of the previous image when another becomes the default", func() {
		write(map[string]string{".python-version": "3.13\n"})
		result, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		m.export(result)
		Expect(os.Remove(filepath.Join(m.app, ".python-version"))).To(Succeed())
		_, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(log).To(ContainSubstring("Using Python 3.13.9 (the previous image has 3.13; ask for 3.14 in .python-version to move on)"))
	})
}

// translated is where the translation of a requirements file stands.
var translated = regexp.MustCompile(`/\S+/list-\d+/`)
