package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/paketo-buildpacks/packit/v2"
	"github.com/sclevine/spec"
)

func testDetect(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		app    string
	)

	it.Before(func() { app = t.TempDir() })

	write := func(name, content string) {
		Expect(os.MkdirAll(filepath.Dir(filepath.Join(app, name)), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(app, name), []byte(content), 0o644)).To(Succeed())
	}

	it("provides and requires what later buildpacks can ask for", func() {
		write("requirements.txt", "flask")
		result, err := Detect(packit.DetectContext{WorkingDir: app})
		Expect(err).NotTo(HaveOccurred())
		launch := map[string]any{"launch": true}
		Expect(result).To(Equal(packit.DetectResult{Plan: packit.BuildPlan{
			Provides: []packit.BuildPlanProvision{{Name: "cpython"}, {Name: "site-packages"}},
			Requires: []packit.BuildPlanRequirement{{Name: "cpython", Metadata: launch}, {Name: "site-packages", Metadata: launch}},
		}}))
	})

	it("takes an app without manifests", func() {
		write("Procfile", "web: python -m pkg")
		write("src/pkg/__init__.py", "")
		_, err := Detect(packit.DetectContext{WorkingDir: app})
		Expect(err).NotTo(HaveOccurred())
	})

	it("leaves complaints about contents to the build", func() {
		write("uv.lock", "broken \x00")
		write("pyproject.toml", "= broken")
		write("Procfile", "no colon")
		_, err := Detect(packit.DetectContext{WorkingDir: app})
		Expect(err).NotTo(HaveOccurred())
	})

	it("takes files that it may not read: the build says which", func() {
		write("requirements.txt", "flask")
		Expect(os.Chmod(filepath.Join(app, "requirements.txt"), 0)).To(Succeed())
		_, err := Detect(packit.DetectContext{WorkingDir: app})
		Expect(err).NotTo(HaveOccurred())
	})

	it("fails with what it looked for when this is no Python app", func() {
		write("package.json", "{}")
		write("server.js", "")
		write("Procfile", "web: node server.js")
		_, err := Detect(packit.DetectContext{WorkingDir: app})
		want := packit.Fail.WithMessage("this is not a Python app: looked for pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, " +
			"requirements.txt, pyproject.toml, setup.py, setup.cfg, Pipfile, manage.py, or Procfile, app.py, asgi.py, main.py, server.py, wsgi.py beside .py files")
		Expect(err).To(Equal(want)) // not wrapped: packit would take it for a broken buildpack
	})

	it("does not take a broken app dir for another kind of app", func() {
		_, err := Detect(packit.DetectContext{WorkingDir: filepath.Join(app, "none")})
		Expect(err).To(MatchError(fs.ErrNotExist))
		Expect(err).To(MatchError(HavePrefix("looking at the app dir: ")))
		Expect(errors.Is(err, packit.Fail)).To(BeFalse())
	})
}
