package integration_test

import (
	"regexp"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// testStatic builds the Django sample, whose static files are collected, and breaks it.
func testStatic(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("collects static files into a layer, and again only when something that was read changes", func() {
		a := sample(t, "django")
		Expect(string(a.mustBuild())).To(ContainSubstring("Made django-static: the static files of collected"))
		style := func() string {
			runs := a.start("8080", "--read-only", "--tmpfs", "/tmp")
			name := regexp.MustCompile(`/static/[^"]+\.css`).FindString(runs.get("/"))
			Expect(name).To(MatchRegexp(`style\.[0-9a-f]{12}\.css`), "the manifest's name")
			return runs.get(name)
		}
		Expect(style()).To(ContainSubstring("{"))

		a.edit("guestbook/views.py", "from django.conf", "# a comment\nfrom django.conf")
		Expect(string(a.mustBuild())).To(And(ContainSubstring("Reusing django-static"), Not(ContainSubstring("Running collectstatic"))))
		Expect(style()).To(ContainSubstring("{"))

		a.edit("guestbook/static/guestbook/style.css", "{", "/* changed */ {")
		Expect(string(a.mustBuild())).To(And(ContainSubstring("Made django-static"), ContainSubstring("beside the layers"), Not(ContainSubstring("Made pkg-django"))))
		Expect(style()).To(ContainSubstring("changed"))
	})

	it("makes up what the settings insist on, and says when it cannot go on", func() {
		a := sample(t, "django")
		a.edit("mysite/settings.py", `SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_urlsafe(50)`,
			"SECRET_KEY = os.environ[\"SECRET_KEY\"]\nQUEUE = os.environ[\"QUEUE_URL\"]")
		Expect(string(a.mustBuild())).To(And(ContainSubstring("as the settings ask for them: QUEUE_URL\n"), ContainSubstring("Made django-static")))

		a.edit("mysite/settings.py", `os.environ["QUEUE_URL"]`, `{}["queue"]`)
		Expect(string(a.mustBuild())).To(ContainSubstring("Warning: static files are not collected: KeyError: 'queue' (mysite/settings.py, line 10)"))

		a.edit("mysite/settings.py", "import secrets", "import secretz")
		l, err := a.build()
		Expect(err).To(HaveOccurred())
		Expect(string(l)).To(And(ContainSubstring("Django cannot load this app: ModuleNotFoundError: No module named 'secretz'"), ContainSubstring("mysite/settings.py, line 4")))

		l, err = a.build("--env", "BP_DJANGO_COLLECTSTATIC=false")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(l)).NotTo(ContainSubstring("collectstatic"))
	})
}
