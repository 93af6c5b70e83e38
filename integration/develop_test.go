package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// hello is an app without a Procfile: a web app, a Lambda handler and a test in one file.
var hello = map[string]string{
	".python-version":  "3.14\n",
	"requirements.txt": "flask\ngunicorn\nawslambdaric\ndebugpy\n",
	"app.py": `from flask import Flask

app = Flask(__name__)


@app.get("/")
@app.get("/healthz")
def index():
    return "hello"


def lambda_handler(event, context):
    return {"got": event["n"] + 1}
`,
	"test_app.py": `import unittest

import app


class Test(unittest.TestCase):
    def test_index(self):
        self.assertEqual(app.app.test_client().get("/").text, "hello")
`,
}

func testDevelop(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("serves Lambda's runtime interface, and a debugger when asked at start", func() {
		a := newApp(t, hello)
		Expect(string(a.mustBuild())).To(And(
			ContainSubstring("The Lambda handler is app.lambda_handler (found in app.py)"),
			ContainSubstring("lambda: python -m awslambdaric app.lambda_handler"),
			ContainSubstring("web (default): gunicorn app:app")))

		Expect(a.invoke(`{"n": 41}`)).To(Equal(`{"got": 42}`))

		runs := a.start("8080", "--read-only", "--tmpfs", "/tmp", "--env", "BPL_DEBUG_ENABLED=true", "--publish", "127.0.0.1::5678")
		Expect(runs.get("/")).To(Equal("hello"))
		address := strings.Fields(docker(t, "port", runs.id, "5678/tcp"))[0]
		debugger, err := net.DialTimeout("tcp", address, 5*time.Second)
		Expect(err).NotTo(HaveOccurred())
		defer debugger.Close()
		Expect(debugger.SetDeadline(time.Now().Add(10 * time.Second))).To(Succeed())
		greeting, err := bufio.NewReader(debugger).ReadString('\n')
		Expect(err).NotTo(HaveOccurred())
		Expect(greeting).To(HavePrefix("Content-Length:"), "the Debug Adapter Protocol")
	})

	it("reloads what changes, and runs the tests", func() {
		a := newApp(t, hello)
		Expect(string(a.mustBuild("--env", "BP_LIVE_RELOAD_ENABLED=true"))).To(And(
			ContainSubstring("reload (default): gunicorn --reload app:app"), ContainSubstring("Not compiling the app")))
		runs := a.start("8080")
		Expect(runs.get("/")).To(Equal("hello"))
		docker(t, "exec", "--user", "0", runs.id, "python", "-c",
			`import pathlib; p = pathlib.Path("/workspace/app.py"); p.write_text(p.read_text().replace("hello", "changed"))`)
		NewWithT(t).Eventually(func() string { _, body, _ := runs.ask("/"); return body }).WithTimeout(20 * time.Second).Should(Equal("changed"))

		Expect(string(a.mustBuild("--env", "CNB_EXEC_ENV=test"))).To(ContainSubstring("test (default): python -m unittest"))
		out, err := a.output("test")
		Expect(err).NotTo(HaveOccurred(), out)
		Expect(out).To(ContainSubstring("OK"))
	})
}

// invoke plays AWS Lambda: its runtime API on loopback has one event for the image's lambda process. It gives the response.
func (a *app) invoke(event string) string {
	a.t.Helper()
	answer, given := make(chan string, 1), make(chan bool, 1)
	given <- true
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/2018-06-01/runtime/invocation/next":
			select {
			case <-given:
			case <-r.Context().Done(): // there is no second event
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "one")
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:1:function:hello")
			w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
			_, _ = io.WriteString(w, event)
		case r.Method == http.MethodPost:
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusAccepted)
			if strings.HasSuffix(r.URL.Path, "/response") {
				answer <- string(body)
			} else {
				answer <- r.URL.Path + ": " + string(body)
			}
		}
	}))
	a.t.Cleanup(api.Close)
	container := strings.TrimSpace(docker(a.t, "run", "--detach", "--network", "host", "--read-only", "--tmpfs", "/tmp", "--entrypoint", "lambda",
		"--env", "AWS_LAMBDA_RUNTIME_API="+api.Listener.Addr().String(), a.image))
	defer docker(a.t, "rm", "--force", "--volumes", container)
	select {
	case body := <-answer:
		return body
	case <-time.After(30 * time.Second):
		logs, _ := exec.Command("docker", "logs", container).CombinedOutput()
		return "no answer: " + string(logs)
	}
}
