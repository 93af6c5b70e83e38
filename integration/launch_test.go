package integration_test

import (
	"sort"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// environ is what a process of the image sees, but for the container's name.
func environ(text string) []string {
	var list []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if !strings.HasPrefix(line, "HOSTNAME=") {
			list = append(list, line)
		}
	}
	sort.Strings(list)
	return list
}

func testLaunch(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const bin = "/layers/lockstep_python/venv/prefix/bin"

	it("adds PATH, PORT, BIND_ADDRESS, WEB_CONCURRENCY and PYTHONUNBUFFERED to the environment and nothing else", func() {
		a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n"})
		a.mustBuild()

		base := strings.Replace(docker(t, "run", "--rm", "--entrypoint", "env", runImage), "PATH=", "PATH="+bin+":", 1)
		Expect(a.outputWith([]string{"--cpus", "1"}, "launcher", "--", "env")).To(WithTransform(environ,
			Equal(environ(base+"BIND_ADDRESS=0.0.0.0\nPORT=8080\nPYTHONUNBUFFERED=1\nWEB_CONCURRENCY=1\n"))))

		users := []string{"--env", "PORT=9000", "--env", "PYTHONUNBUFFERED=2", "--env", "WEB_CONCURRENCY=7", "--env", "PYTHONPATH=/mine"}
		Expect(a.outputWith(users, "launcher", "--", "env")).To(WithTransform(environ,
			Equal(environ(base+"BIND_ADDRESS=0.0.0.0\nPORT=9000\nPYTHONPATH=/mine\nPYTHONUNBUFFERED=2\nWEB_CONCURRENCY=7\n"))))
	})

	it("adds what gunicorn and uvicorn read where they are", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		text, err := a.outputWith([]string{"--cpus", "1", "--env", "GUNICORN_CMD_ARGS=--log-level debug"}, "launcher", "--", "env")
		Expect(err).NotTo(HaveOccurred())
		Expect(environ(text)).To(ContainElements(
			"GUNICORN_CMD_ARGS=--config /layers/lockstep_python/gunicorn-defaults/prefix/gunicorn.pyc --log-level debug",
			"LOCKSTEP_GUNICORN=threads=40 keepalive=75 graceful_timeout=8 worker_tmp_dir=/dev/shm",
			"UVICORN_HOST=0.0.0.0", "UVICORN_PORT=8080", "UVICORN_TIMEOUT_KEEP_ALIVE=75", "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=8"))
	})

	it("lets a user turn unbuffered output off, for which Python wants an empty value", func() {
		a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n"})
		a.mustBuild()
		Expect(a.outputWith([]string{"--env", "PYTHONUNBUFFERED="}, "python", "-c", "import sys; print(sys.stdout.write_through)")).To(Equal("False\n"))
	})

	it("listens on $PORT, in direct processes and in those of a shell", func() {
		a := sample(t, "flask")
		a.edit("Procfile", "web: gunicorn app:app", "web: gunicorn app:app --bind 0.0.0.0:$PORT\nsh: echo hello && exec gunicorn app:app --bind 0.0.0.0:$PORT")
		a.mustBuild()
		Expect(a.start("9000", "--env", "PORT=9000").get("/healthz")).To(Equal("ok"))
		shell := a.start("9001", "--env", "PORT=9001", "--entrypoint", "sh")
		Expect(shell.get("/healthz")).To(Equal("ok"))
		Expect(shell.logs()).To(HavePrefix("hello\n"))
	})

	it("runs one worker where the app's own code gives uvicorn the app object, unless a user says otherwise", func() {
		a := fixture(t, "servers")
		Expect(string(a.mustBuild())).To(ContainSubstring("object gets one worker unless you set WEB_CONCURRENCY: its server is given the app object"))
		Expect(a.start("8080", "--entrypoint", "object").get("/healthz")).To(ContainSubstring("ok"))
		out, err := a.outputWith([]string{"--env", "WEB_CONCURRENCY=2"}, "object")
		Expect(err).To(HaveOccurred(), out)
	})

	it("stops at once when it is told to", func() {
		a := sample(t, "flask")
		a.mustBuild()
		c := a.start("8080")
		docker(t, "stop", "--time", "20", c.id)
		Expect(docker(t, "inspect", "--format", "{{.State.ExitCode}} {{.State.OOMKilled}}", c.id)).To(Equal("0 false\n"))
	})

	it("stops a program that knows nothing of signals, and gives it the arguments of a user as they are", func() {
		a := newApp(t, map[string]string{
			"loop.py":  "import sys, time\nprint('args', sys.argv[1:], flush=True)\nwhile True: time.sleep(1)\n",
			"Procfile": "plain: python loop.py\nvariable: env A=b python loop.py $PORT\nsh: true && python loop.py\n",
		})
		a.mustBuild()
		for process, args := range map[string]string{"plain": "['$HOME', '${PORT}', 'a$$b']", "variable": "['8080', '$HOME', '${PORT}', 'a$$b']", "sh": "[]"} {
			id := strings.TrimSpace(docker(t, "run", "--detach", "--entrypoint", process, a.image, "$HOME", "${PORT}", "a$$b"))
			c := server{t: t, id: id}
			t.Cleanup(func() { docker(t, "rm", "--force", id) })
			c.says("args " + args)
			docker(t, "stop", "--time", "20", id)
			Expect(c.inspect("{{.State.ExitCode}}")).To(Equal("143"), process)
		}
	})

	it("runs python, a shell and the programs of packages", func() {
		a := fixture(t, "hashed")
		a.mustBuild()
		Expect(a.python("import sys, pygments; print(sys.prefix, pygments.__version__)")).To(Equal("/layers/lockstep_python/venv/prefix 2.19.2\n"))
		Expect(a.output("shell", "-c", "command -v python")).To(Equal(bin + "/python\n"))
		Expect(a.output("launcher", "--", "pygmentize", "-h")).To(HavePrefix("usage: pygmentize"))
		Expect(a.output("launcher", "--", "python", "-m", "compileall", "--help")).To(ContainSubstring("usage"))
	})

	it("has nothing in the image that only a build needs", func() {
		a := fixture(t, "hashed")
		a.mustBuild()
		Expect(a.output("bash", "-c", "find /layers \\( -name pip -o -name uv -o -name ensurepip -o -name '*.a' -o -name Python.h -o -name '.scratch*' "+
			"-o -name uv-cache -o -name .lock \\)")).To(BeEmpty())
		Expect(a.output("bash", "-c", "ls -A /layers/lockstep_python")).To(WithTransform(strings.Fields,
			Equal([]string{"app-bytecode", "cpython", "launch-env", "packages-3", "packages-6", "pkg-pygments", "venv"})))
	})
}
