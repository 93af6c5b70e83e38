package django_test

import (
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/django"
)

func files(content map[string]string) fstest.MapFS {
	app := fstest.MapFS{}
	for name, text := range content {
		app[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return app
}

func testFind(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		name    string
		app     map[string]string
		project django.Project
		found   bool
	}{
		{name: "no project", app: map[string]string{"app.py": "STATIC_ROOT = 1"}},
		{
			name:    "a project in the root, served with other settings than manage.py names",
			app:     map[string]string{"manage.py": `setdefault("DJANGO_SETTINGS_MODULE", "site.dev")`, "site/wsgi.py": `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.prod")`, "site/prod.py": "STATIC_ROOT = '/x'"},
			project: django.Project{Dir: ".", Settings: "site.prod", HasRoot: true}, found: true,
		},
		{
			name:    "settings assigned rather than defaulted",
			app:     map[string]string{"manage.py": "", "site/wsgi.py": `os.environ['DJANGO_SETTINGS_MODULE'] = 'site.settings'`},
			project: django.Project{Dir: ".", Settings: "site.settings"}, found: true,
		},
		{
			name:    "a project in a directory, and one further down that is not it",
			app:     map[string]string{"backend/manage.py": "", "a/b/manage.py": "", "backend/site/settings.py": "STATIC_ROOT = '/x'"},
			project: django.Project{Dir: "backend", HasRoot: true}, found: true,
		},
		{
			name:    "STATIC_ROOT in what is installed is not the app's",
			app:     map[string]string{"manage.py": "", "node_modules/x/settings.py": "STATIC_ROOT = 1", ".venv/x.py": "STATIC_ROOT = 1"},
			project: django.Project{Dir: "."}, found: true,
		},
	} {
		it("finds "+c.name, func() {
			project, found := django.Find(files(c.app))
			Expect(found).To(Equal(c.found))
			Expect(project).To(Equal(c.project))
		})
	}
}

func testDigest(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	collection := django.Collection{Root: "collected", Files: []string{"site/settings.py", "static/a.css"}, Dirs: []string{"", "static"}, Names: []string{"DEBUG"}}
	content := func() map[string]string {
		return map[string]string{"site/settings.py": "x = 1", "site/views.py": "y = 1", "static/a.css": "a{}"}
	}
	digest := func(content map[string]string, env map[string]string) string {
		return collection.Digest(files(content), func(name string) string { return env[name] })
	}
	base := digest(content(), nil)

	for _, c := range []struct {
		name    string
		change  func(content, env map[string]string)
		changes bool
	}{
		{"a file that was read", func(content, _ map[string]string) { content["static/a.css"] = "b{}" }, true},
		{"a file that was read and is gone", func(content, _ map[string]string) { delete(content, "site/settings.py") }, true},
		{"a new file in a directory that was listed", func(content, _ map[string]string) { content["static/b.css"] = "" }, true},
		{"a new file in the root", func(content, _ map[string]string) { content[".env"] = "" }, true},
		{"a variable that was asked for", func(_, env map[string]string) { env["DEBUG"] = "1" }, true},
		{"a file that was not read", func(content, _ map[string]string) { content["site/views.py"] = "y = 2" }, false},
		{"a variable that was not asked for", func(_, env map[string]string) { env["COMMIT"] = "abc" }, false},
		{"what was collected", func(content, _ map[string]string) { content["collected/a.css"] = "a{}" }, false},
		{"bytecode", func(content, _ map[string]string) { content["__pycache__/a.pyc"] = "" }, false},
	} {
		it("heeds or not: "+c.name, func() {
			changed, env := content(), map[string]string{}
			c.change(changed, env)
			Expect(digest(changed, env) != base).To(Equal(c.changes))
		})
	}

	it("keeps nothing of a variable's value", func() {
		Expect(digest(content(), map[string]string{"DEBUG": "secret"})).To(MatchRegexp(`^[0-9a-f]{64}$`))
	})
}

func testFailure(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("blames the app for an import that fails at start too", func() {
		f := django.Failure{Type: "ModuleNotFoundError", Message: "No module named 'pil'", Module: "pil", File: "shop/models.py", Line: 3}
		Expect(f.Fatal()).To(MatchError("Django cannot load this app: ModuleNotFoundError: No module named 'pil'\n" +
			"  where: shop/models.py, line 3\n" +
			"  fix: add the package that has the module pil to the app's dependencies, or remove the import"))
	})
	it("blames the app for a file that does not compile", func() {
		f := django.Failure{Type: "SyntaxError", Message: "invalid syntax", File: "shop/models.py", Line: 3}
		Expect(f.Fatal()).To(MatchError(ContainSubstring("python manage.py check")))
	})
	it("does not blame it for what only the build lacks", func() {
		f := django.Failure{Type: "OperationalError", Message: "no such host", File: "shop/apps.py", Line: 9}
		Expect(f.Fatal()).To(Succeed())
		Expect(f.Reason()).To(Equal("OperationalError: no such host (shop/apps.py, line 9)"))
	})
}
