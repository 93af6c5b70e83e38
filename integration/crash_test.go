package integration_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// kill kills the container of a build that is under way, and tells whether there was one.
func (a *app) kill() bool {
	killed := false
	for _, line := range strings.Split(docker(a.t, "ps", "--no-trunc", "--format", "{{.ID}} {{.Mounts}}"), "\n") {
		if id, mounts, _ := strings.Cut(line, " "); strings.Contains(mounts, "it-"+a.key) {
			killed = exec.Command("docker", "kill", "--signal", "KILL", id).Run() == nil || killed // it may have ended by now
		}
	}
	return killed
}

// narrow is a proxy (RFC 9110, CONNECT) that lets some bytes through and is dead from then on.
func narrow(t *testing.T, bytes int64) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var left atomic.Int64
	left.Store(bytes)
	copyTo := func(to io.WriteCloser, from io.ReadCloser) {
		defer to.Close()
		defer from.Close()
		buffer := make([]byte, 4096)
		for {
			n, err := from.Read(buffer)
			if left.Add(-int64(n)) < 0 || err != nil {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, err := net.Dial("tcp", r.Host)
		if err != nil || left.Load() < 0 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		go copyTo(there, here)
		go copyTo(here, there)
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + listener.Addr().String()
}

func testCrash(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// The app goes back and forth between two locks; every second build is disturbed. want is what an undisturbed build makes.
	disturb := func(build func(a *app, length time.Duration, r *rand.Rand)) {
		a := fixture(t, "hashed")
		locks := map[int]string{}
		for i, name := range []string{"testdata/apps/hashed/requirements.txt", "testdata/requirements/heavy-bumped.txt"} {
			data, err := os.ReadFile(name)
			Expect(err).NotTo(HaveOccurred())
			locks[i] = string(data)
		}
		want := map[int]map[string]string{}
		for i := range 2 {
			fresh := fixture(t, "hashed")
			write(t, fresh.dir, map[string]string{"requirements.txt": locks[i]})
			fresh.mustBuild()
			want[i] = fresh.layers()
		}
		length := 20 * time.Second // of the last build that made something
		r := rand.New(rand.NewPCG(uint64(*points), 9))
		for i := range *points {
			write(t, a.dir, map[string]string{"requirements.txt": locks[i%2]})
			build(a, length, r)
			start := time.Now()
			l := a.mustBuild()
			if !strings.Contains(l.building(), "made 0 layers") {
				length = time.Since(start)
			}
			Expect(changed(want[i%2], a.layers())).To(BeEmpty(), fmt.Sprintf("point %d\n%s", i, l))
			Expect(a.python("import idna, pygments, itsdangerous")).To(BeEmpty())
		}
	}

	it("makes the right image after a build that was killed", func() {
		killed := 0
		disturb(func(a *app, length time.Duration, r *rand.Rand) {
			done := make(chan log)
			go func() {
				l, _ := a.build()
				done <- l
			}()
			select {
			case <-done: // sooner than the others
			case <-time.After(time.Duration(r.Int64N(int64(length)))):
				if a.kill() {
					killed++
				}
				<-done
			}
		})
		Expect(killed).To(BeNumerically(">=", *points/4))
	})

	it("makes the right image after a build that lost its network", func() {
		cut := 0
		disturb(func(a *app, _ time.Duration, r *rand.Rand) {
			proxy := narrow(t, r.Int64N(1_200_000)) // of 1.3 MB
			l, err := a.build("--env", "HTTPS_PROXY="+proxy, "--env", "HTTP_PROXY="+proxy, "--env", "UV_HTTP_TIMEOUT=5", "--env", "UV_HTTP_RETRIES=0")
			if err != nil {
				Expect(string(l)).To(ContainSubstring("Error: the package index cannot be reached"))
				cut++
			}
		})
		Expect(cut).To(BeNumerically(">=", *points/4))
	})
}
