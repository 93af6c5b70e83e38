package integration_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// server is a container that is asked at its own address rather than at a published port.
type server struct {
	t       *testing.T
	id, url string
}

// serve runs a process of the image and waits until it answers, or gives its log and an error.
func serve(t *testing.T, image, process string, flags ...string) (server, error) {
	t.Helper()
	args := append([]string{"run", "--detach", "--entrypoint", process}, flags...)
	s := server{t: t, id: strings.TrimSpace(docker(t, append(args, image)...))}
	if s.id == "" {
		return s, fmt.Errorf("it does not start")
	}
	t.Cleanup(func() { s.remove() })
	s.url = "http://" + strings.TrimSpace(docker(t, "inspect", "--format", "{{.NetworkSettings.IPAddress}}", s.id)) + ":8080"
	return s, nil
}

func (s server) remove() { _ = exec.Command("docker", "rm", "--force", "--volumes", s.id).Run() }

func (s server) inspect(format string) string {
	out, _ := exec.Command("docker", "inspect", "--format", format, s.id).Output()
	return strings.TrimSpace(string(out))
}

func (s server) logs() string {
	out, _ := exec.Command("docker", "logs", s.id).CombinedOutput()
	return string(out)
}

// answers waits until the server does, as long as it runs.
func (s server) answers(limit time.Duration) error {
	// A connection that is kept would be one to an earlier container with this address.
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	var last error
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		response, err := client.Get(s.url + "/healthz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			return fmt.Errorf("status %d\n%s", response.StatusCode, s.logs())
		}
		last = err
		if s.inspect("{{.State.Running}}") != "true" {
			return fmt.Errorf("it has ended\n%s", s.logs())
		}
	}
	return fmt.Errorf("no answer: %v\n%s", last, s.logs())
}
