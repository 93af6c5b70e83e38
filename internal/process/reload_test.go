package process_test

import (
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/process"
)

func testLiveReload(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct{ web, reload string }{
		{"gunicorn app:app --bind 0.0.0.0:$PORT", "gunicorn --reload app:app --bind 0.0.0.0:$PORT"},
		{"cd src && exec uvicorn app:app", "cd src && exec uvicorn --reload app:app"},
		{"python -m hypercorn app:app", "python -m hypercorn --reload app:app"},
		{"venv/bin/granian app:app", "venv/bin/granian --reload app:app"},
		{"gunicorn", "gunicorn --reload"},
		{"fastapi run main.py", "fastapi run --reload main.py"},
		{"streamlit run app.py", "streamlit run --server.runOnSave true app.py"},
	} {
		it("reloads "+c.web, func() {
			list, _, err := process.ReadProcfile([]byte("web: "+c.web+"\nworker: python w.py\n"), fstest.MapFS{}, "/launch")
			Expect(err).NotTo(HaveOccurred())
			list, warnings, err := process.WithLiveReload(list, fstest.MapFS{}, "/launch")
			Expect(err).NotTo(HaveOccurred())
			Expect(warnings).To(BeEmpty())
			Expect(list).To(HaveLen(3))
			Expect(list[0].Default).To(BeFalse())
			Expect(list[2].Type).To(Equal("reload"))
			Expect(list[2].Text).To(Equal(c.reload))
			Expect(list[2].Default).To(BeTrue())
		})
	}

	for _, procfile := range []string{"web: waitress-serve app:app", "web: my-gunicorn-wrapper", "worker: gunicorn app:app"} {
		it("says that it cannot reload "+procfile, func() {
			list, _, err := process.ReadProcfile([]byte(procfile+"\n"), fstest.MapFS{}, "/launch")
			Expect(err).NotTo(HaveOccurred())
			same, warnings, err := process.WithLiveReload(list, fstest.MapFS{}, "/launch")
			Expect(err).NotTo(HaveOccurred())
			Expect(same).To(Equal(list))
			Expect(warnings).To(HaveLen(1))
			Expect(warnings[0].Text).To(HavePrefix("BP_LIVE_RELOAD_ENABLED has no effect"))
		})
	}
}

func testTest(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	web := process.Process{Type: "web", Command: []string{"gunicorn"}, Default: true}
	own := process.Process{Type: "test", Command: []string{"tox"}}
	notDefault := process.Process{Type: "web", Command: []string{"gunicorn"}}

	it("runs pytest where it is locked, unittest elsewhere, and keeps the app's own process", func() {
		Expect(process.WithTest([]process.Process{web}, true)).To(Equal([]process.Process{notDefault, {Type: "test", Command: []string{"pytest"}, Default: true}}))
		Expect(process.WithTest(nil, false)).To(Equal([]process.Process{{Type: "test", Command: []string{"python", "-m", "unittest"}, Default: true}}))
		Expect(process.WithTest([]process.Process{own, web}, true)).To(Equal([]process.Process{notDefault, {Type: "test", Command: []string{"tox"}, Default: true}}))
	})

	it("lets the helper begin every process that can be debugged", func() {
		shell := process.Process{Type: "b", Command: []string{"/launch", "shell", "x"}, Shell: true}
		plain := process.Process{Type: "a", Command: []string{"gunicorn", "a$b"}}
		supervised := process.Process{Type: "c", Text: "python 'a$b'", Command: []string{"/launch", "init", "python", "a$b"}}
		expanded := process.Process{Type: "d", Text: "gunicorn $A", Command: []string{"/launch", "exec", "gunicorn", "$(A)", "$."}}
		Expect(process.Debuggable([]process.Process{plain, shell, supervised, expanded}, "/launch")).To(Equal([]process.Process{
			{Type: "a", Text: "gunicorn a$b", Command: []string{"/launch", "exec", "gunicorn", "a$$b", "$."}}, shell,
			{Type: "c", Text: "python 'a$b'", Command: []string{"/launch", "init", "/launch", "exec", "python", "a$$b", "$."}}, expanded}))
	})
}
