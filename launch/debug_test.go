package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testDebug(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	var dir string
	it.Before(func() {
		dir = t.TempDir()
		for name, text := range map[string]string{
			"python":   "#!/bin/sh\necho python \"$@\"\n",
			"gunicorn": "#!" + dir + "/python\n",
			"other":    "#!/bin/sh\necho other \"$@\"\n",
		} {
			Expect(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755)).To(Succeed())
		}
	})

	for _, c := range []struct {
		name string
		env  []string
		args []string
		out  string
	}{
		{"leaves a command alone unless asked", nil, []string{"gunicorn", "app:app"}, "python DIR/gunicorn app:app"},
		{"leaves it alone when told so", []string{"BPL_DEBUG_ENABLED=false"}, []string{"gunicorn", "app:app"}, "python DIR/gunicorn app:app"},
		{"puts the debugger in front of a script of Python", []string{"BPL_DEBUG_ENABLED=true"}, []string{"gunicorn", "app:app"},
			"python -m debugpy --listen 0.0.0.0:5678 DIR/gunicorn app:app"},
		{"puts it in front of a module", []string{"BPL_DEBUG_ENABLED=true", "BPL_DEBUG_PORT=9000", "BPL_DEBUG_SUSPEND=1"}, []string{"python", "-u", "-m", "uvicorn", "a:b"},
			"python -u -m debugpy --listen 0.0.0.0:9000 --wait-for-client -m uvicorn a:b"},
		{"leaves a prompt alone", []string{"BPL_DEBUG_ENABLED=true"}, []string{"python"}, "python"},
		{"leaves other programs alone", []string{"BPL_DEBUG_ENABLED=true"}, []string{"other", "x"}, "other x"},
	} {
		it(c.name, func() {
			got := call(t, dir, append(c.env, "PATH="+dir+":/bin:/usr/bin"), nil, append([]string{"exec"}, c.args...)...)
			Expect(got).To(Equal(result{0, strings.ReplaceAll(c.out, "DIR", dir) + "\n", ""}))
		})
	}

	for env, message := range map[string]string{
		"BPL_DEBUG_ENABLED=yes":  "BPL_DEBUG_ENABLED is \"yes\", which is not true or false.\n  where: the environment of the container\n  fix: set BPL_DEBUG_ENABLED=true or remove it\n",
		"BPL_DEBUG_PORT=debug":   "BPL_DEBUG_PORT is \"debug\", which is not a port.\n  where: the environment of the container\n  fix: set BPL_DEBUG_PORT=5678 or remove it\n",
		"BPL_DEBUG_SUSPEND=wait": "BPL_DEBUG_SUSPEND is \"wait\", which is not true or false.\n  where: the environment of the container\n  fix: set BPL_DEBUG_SUSPEND=true or remove it\n",
	} {
		it("refuses "+env, func() {
			got := call(t, dir, []string{"BPL_DEBUG_ENABLED=true", env, "PATH=" + dir}, nil, "exec", "gunicorn")
			Expect(got).To(Equal(result{126, "", message}))
		})
	}
}
