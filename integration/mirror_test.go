package integration_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

var (
	fileURI  = regexp.MustCompile(`uri = "file://[^"]*/([^"/]+)"`)
	checksum = regexp.MustCompile(`uri = "https://downloads\.example/([^"]+)"\nchecksum = "sha256:([0-9a-f]+)"`)
)

// online packages the buildpack without the archives, whose host does not exist. It gives the package's file and the archives'
// names by sha256.
func online(t *testing.T) (string, map[string]string) {
	t.Helper()
	g := NewWithT(t)
	supply, err := os.ReadFile(filepath.Join(cache, "supply/dependencies.toml"))
	g.Expect(err).NotTo(HaveOccurred())
	text := fileURI.ReplaceAllString(string(supply), `uri = "https://downloads.example/$1"`)
	dependencies := filepath.Join(t.TempDir(), "dependencies.toml")
	g.Expect(os.WriteFile(dependencies, []byte(text), 0o644)).To(Succeed())
	stem := filepath.Join(cache, "package/online")
	out, err := exec.Command(filepath.Join(scripts, "package.sh"), "--dependencies", dependencies, "--output", stem+".cnb").CombinedOutput()
	g.Expect(err).NotTo(HaveOccurred(), string(out))
	archives := map[string]string{}
	for _, m := range checksum.FindAllStringSubmatch(text, -1) {
		archives[m[2]] = m[1]
	}
	return stem + "-linux-" + runtime.GOARCH + ".cnb", archives
}

// archive serves the supply's archives under any path.
func archive(w http.ResponseWriter, r *http.Request) {
	http.ServeFile(w, r, filepath.Join(cache, "supply", path.Base(r.URL.Path)))
}

// damaged serves them with the last byte changed.
func damaged(w http.ResponseWriter, r *http.Request) {
	data, err := os.ReadFile(filepath.Join(cache, "supply", path.Base(r.URL.Path)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	data[len(data)-1] ^= 1
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// A server that stalls is left to the unit tests of internal/dependency: a real build waits 30 seconds for it.
func testMirror(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	var (
		a      *app
		file   string
		names  map[string]string
		calls  atomic.Int32
		serve  http.HandlerFunc
		server *httptest.Server
	)

	it.Before(func() {
		a = newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n"})
		file, names = online(t)
		server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			serve(w, r)
		}))
		t.Cleanup(server.Close)
	})

	build := func(flags ...string) (log, error) {
		return a.build(append([]string{"--buildpack", file, "--trust-extra-buildpacks"}, flags...)...)
	}
	mirror := func() string { return "BP_DEPENDENCY_MIRROR=" + server.URL + "/mirror" }

	it("takes the archives from a mirror", func() {
		serve = archive
		write(t, a.dir, hashed)
		l, err := build("--env", mirror())
		Expect(err).NotTo(HaveOccurred(), string(l))
		golden(t, "logs/mirror", l.building())
		Expect(a.python("import itsdangerous")).To(BeEmpty())
		Expect(calls.Load()).To(BeEquivalentTo(2), "CPython and uv")
		l, err = build("--env", mirror())
		Expect(err).NotTo(HaveOccurred(), string(l))
		Expect(calls.Load()).To(BeEquivalentTo(2), "nothing is downloaded for a build that changes nothing")
		write(t, a.dir, map[string]string{"main.py": "print(2)\n"})
		l, err = build("--env", mirror())
		Expect(err).NotTo(HaveOccurred(), string(l))
		Expect(l.building()).To(ContainSubstring("Made app-bytecode: 1 source file compiled"))
		Expect(calls.Load()).To(BeEquivalentTo(2), "the cached CPython compiles what changed")
	})

	it("takes them from where a dependency-mapping says", func() {
		serve = archive
		binding := t.TempDir()
		content := map[string]string{"type": "dependency-mapping\n"}
		for sum, name := range names {
			content[sum] = server.URL + "/mapped/" + name + "\n"
		}
		write(t, binding, content)
		l, err := build("--volume", binding+":/platform/bindings/map", "--env", "BP_DEPENDENCY_MIRROR=http://127.0.0.1:9/")
		Expect(err).NotTo(HaveOccurred(), string(l))
		Expect(calls.Load()).To(BeEquivalentTo(1))
	})

	it("refuses an archive with another checksum and uses nothing of it", func() {
		serve = damaged
		l, err := build("--env", mirror())
		Expect(err).To(HaveOccurred())
		golden(t, "messages/archive-checksum", l.building())
		Expect(calls.Load()).To(BeEquivalentTo(1), "the same bytes would come again")
		serve = archive
		l, err = build("--env", mirror())
		Expect(err).NotTo(HaveOccurred(), string(l))
		Expect(a.python("")).To(BeEmpty())
	})

	it("tries again after a 503 and a connection that breaks", func() {
		serve = func(w http.ResponseWriter, r *http.Request) {
			switch calls.Load() {
			case 1:
				w.WriteHeader(http.StatusServiceUnavailable)
			case 2:
				w.Header().Set("Content-Length", "10000000")
				_, _ = w.Write(make([]byte, 1000))
				panic(http.ErrAbortHandler)
			default:
				archive(w, r)
			}
		}
		l, err := build("--env", mirror())
		Expect(err).NotTo(HaveOccurred(), string(l))
		golden(t, "logs/mirror-tries-again", l.building())
		Expect(a.python("")).To(BeEmpty())
	})

	it("does not try again what is not there, and shows no password", func() {
		serve = http.NotFound
		l, err := build("--env", strings.Replace(mirror(), "http://", "http://user:secret@", 1))
		Expect(err).To(HaveOccurred())
		golden(t, "messages/archive-not-found", l.building())
		Expect(string(l)).NotTo(ContainSubstring("secret"))
		Expect(calls.Load()).To(BeEquivalentTo(1))
	})

	it("says so when nobody answers", func() {
		l, err := build("--env", "BP_DEPENDENCY_MIRROR=http://127.0.0.1:9/mirror")
		Expect(err).To(HaveOccurred())
		golden(t, "messages/archive-unreachable", l.building())
	})
}
