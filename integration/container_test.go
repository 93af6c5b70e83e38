package integration_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"time"

	. "github.com/onsi/gomega"
)

// container is a running one; its port is published to a free one of the loopback device.
type container struct {
	app  *app
	id   string
	port string // inside
}

// start runs the image's default process and waits until it answers.
func (a *app) start(port string, flags ...string) *container {
	a.t.Helper()
	args := append([]string{"run", "--detach", "--publish", "127.0.0.1::" + port}, flags...)
	c := &container{app: a, id: strings.TrimSpace(docker(a.t, append(args, a.image)...)), port: port}
	if c.id == "" {
		a.t.FailNow()
	}
	a.t.Cleanup(func() { docker(a.t, "rm", "--force", "--volumes", c.id) })
	NewWithT(a.t).Eventually(func() error {
		_, _, err := c.ask("/healthz")
		return err
	}).WithTimeout(30*time.Second).WithPolling(50*time.Millisecond).Should(Succeed(), c.logs)
	return c
}

func (c *container) ask(path string) (int, string, error) {
	address, err := exec.Command("docker", "port", c.id, c.port+"/tcp").Output()
	if err != nil {
		return 0, "", fmt.Errorf("the container is gone: %w", err)
	}
	first, _, _ := strings.Cut(string(address), "\n")
	response, err := http.Get("http://" + first + path)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

// get asks for a page that has to be there.
func (c *container) get(path string) string {
	c.app.t.Helper()
	status, body, err := c.ask(path)
	if err != nil || status != http.StatusOK {
		c.app.t.Fatalf("GET %s: status %d, %v\n%s\n%s", path, status, err, body, c.logs())
	}
	return body
}

func (c *container) exec(args ...string) string {
	c.app.t.Helper()
	return docker(c.app.t, append([]string{"exec", c.id}, args...)...)
}

func (c *container) logs() string {
	out, _ := exec.Command("docker", "logs", c.id).CombinedOutput()
	return string(out)
}

// info is what the samples say about the process that answers.
type info struct {
	Python   string   `json:"python"`
	Packages []string `json:"packages"`
	PID1     []string `json:"pid1"`
	Cached   int      `json:"cached_modules"`
	Uncached []string `json:"uncached_modules"`
}

func (c *container) info() info {
	c.app.t.Helper()
	var i info
	if err := json.Unmarshal([]byte(c.get("/api/info")), &i); err != nil {
		c.app.t.Fatal(err)
	}
	return i
}

// output runs a program in a new container of the image and gives what it writes, to either stream.
func (a *app) output(entrypoint string, args ...string) (string, error) {
	return a.outputWith(nil, entrypoint, args...)
}

func (a *app) outputWith(flags []string, entrypoint string, args ...string) (string, error) {
	all := append([]string{"run", "--rm", "--entrypoint", entrypoint}, flags...)
	out, err := exec.Command("docker", append(append(all, a.image), args...)...).CombinedOutput()
	return string(out), err
}

// python runs code in the image.
func (a *app) python(code string) (string, error) { return a.output("python", "-c", code) }
