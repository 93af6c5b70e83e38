package integration_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// drained sends requests of two seconds, stops the container when all are under way, and tells how many were not answered.
func drained(t *testing.T, s server, requests int) int {
	t.Helper()
	results := make(chan error, requests)
	client := http.Client{Transport: &http.Transport{MaxConnsPerHost: requests}, Timeout: 30 * time.Second}
	for range requests {
		go func() {
			response, err := client.Get(s.url + "/slow")
			if err == nil {
				var body []byte
				body, err = io.ReadAll(response.Body)
				response.Body.Close()
				if err == nil && !strings.Contains(string(body), "done") {
					err = fmt.Errorf("status %d: %s", response.StatusCode, body)
				}
			}
			results <- err
		}()
	}
	NewWithT(t).Eventually(func() int { return strings.Count(s.logs(), "under way") }).WithTimeout(20*time.Second).
		Should(Equal(requests), s.logs)
	docker(t, "stop", "--time", "10", s.id)
	dropped := 0
	for range requests {
		if err := <-results; err != nil {
			dropped++
			t.Log(err)
		}
	}
	return dropped
}

func testGraceful(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("answers what is under way when it is told to stop, and ends in time", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		for _, c := range []struct {
			process   string
			requests  int
			flags     []string
			first     string // what the first process is
			exitCodes []string
		}{
			{"web", 40, nil, "gunicorn", []string{"0"}},
			{"sync", 8, nil, "gunicorn", []string{"0"}},
			{"gthread", 50, nil, "gunicorn", []string{"0"}},
			{"asgi", 50, nil, "gunicorn", []string{"0"}},
			{"uvicorn-worker", 50, nil, "gunicorn", []string{"0"}},
			{"uvicorn", 50, []string{"--env", "WEB_CONCURRENCY=1"}, "uvicorn", []string{"0", "143"}},
			{"uvicorn", 50, []string{"--env", "WEB_CONCURRENCY=3"}, "uvicorn", []string{"0"}},
			{"and", 40, nil, "launch", []string{"0"}},
			{"pipe", 40, nil, "launch", []string{"143"}},
			{"background", 40, nil, "launch", []string{"143"}},
			{"web", 40, []string{"--init"}, "docker-init", []string{"0"}},
			{"background", 40, []string{"--init"}, "docker-init", []string{"143"}},
		} {
			name := c.process + " " + strings.Join(c.flags, " ")
			s, err := serve(t, a.image, c.process, append([]string{"--memory", "1g", "--env", "PYTHONDONTWRITEBYTECODE=1"}, c.flags...)...)
			Expect(err).NotTo(HaveOccurred(), name)
			Expect(s.answers(30*time.Second)).To(Succeed(), name)
			command := docker(t, "exec", s.id, "cat", "/proc/1/cmdline")
			Expect(strings.ReplaceAll(command, "\x00", " ")).To(ContainSubstring(c.first), name)
			Expect(drained(t, s, c.requests)).To(Equal(0), name+"\n"+s.logs())
			// One that is late is killed, with status 137.
			Expect(c.exitCodes).To(ContainElement(s.inspect("{{.State.ExitCode}}")), name)
			s.remove()
		}
	})

	it("leaves no zombies", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		s, err := serve(t, a.image, "background")
		Expect(err).NotTo(HaveOccurred())
		Expect(s.answers(30 * time.Second)).To(Succeed())
		// An orphan that ends belongs to the first process.
		docker(t, "exec", s.id, "bash", "-c", "for i in 1 2 3; do (sleep 0.2 & exec true) & done; wait")
		time.Sleep(time.Second)
		response, err := http.Get(s.url + "/zombies")
		Expect(err).NotTo(HaveOccurred())
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.TrimSpace(string(body))).To(Equal("[]"), s.logs())
	})

	it("ends with the status of a shell's command", func() {
		a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py && exit 7\nmissing: cd / && exec nothing\n"})
		a.mustBuild()
		for process, status := range map[string]int{"web": 7, "missing": 127} {
			s, err := serve(t, a.image, process)
			Expect(err).NotTo(HaveOccurred())
			Expect(docker(t, "wait", s.id)).To(Equal(strconv.Itoa(status)+"\n"), s.logs())
		}
	})
}
