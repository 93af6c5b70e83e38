package dependency_test

import (
	ctx "context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/failure"
)

var content = strings.Repeat("archive ", 10_000)

// answers makes a server that gives the answers one after the other, and the last one again and again.
func answers(t *testing.T, list ...http.HandlerFunc) (uri string, asked func() int) {
	t.Helper()
	count := make(chan int, 1)
	count <- 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := <-count
		count <- n + 1
		list[min(n, len(list)-1)](w, r)
	}))
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	return server.URL, func() int {
		n := <-count
		count <- n
		return n
	}
}

func good(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, content) }

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "page", code) }
}

// part sends half of the archive, then what the next function does.
func part(then func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer connection.Close()
		fmt.Fprintf(buffer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(content), content[:len(content)/2])
		buffer.Flush()
		then(connection)
	}
}

func reset(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }

func end(net.Conn) {}

func silent(c net.Conn) { io.Copy(io.Discard, c) } // until the other side gives up

// nothing answers when the request is given up.
func nothing(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func pin(uri, text string) dependency.Dependency {
	sum := sha256.Sum256([]byte(text))
	return dependency.Dependency{Name: "CPython", Version: "3.14.7", URI: uri, Checksum: "sha256:" + hex.EncodeToString(sum[:])}
}

func fetcher(log *[]string) dependency.Fetcher {
	return dependency.Fetcher{
		Limits: dependency.Limits{Attempts: 3, Total: time.Minute, Stall: time.Minute, Wait: time.Microsecond},
		Log:    func(format string, args ...any) { *log = append(*log, fmt.Sprintf(format, args...)) },
	}
}

func testFetch(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		log    []string
		path   string
	)

	it.Before(func() {
		log, path = nil, filepath.Join(t.TempDir(), "archive.tar.gz")
	})

	it("has limits for a real build", func() {
		limits := dependency.DefaultLimits()
		Expect(limits.Attempts).To(BeNumerically(">", 1))
		Expect(limits.Stall).To(BeNumerically("<", limits.Total))
	})

	for _, c := range []struct {
		name  string
		list  []http.HandlerFunc
		asked int
		log   []string // what went wrong before
	}{
		{"at once", []http.HandlerFunc{good}, 1, nil},
		{"after a 503", []http.HandlerFunc{status(503), good}, 2, []string{"the server answered 503 Service Unavailable, trying again (2 of 3)"}},
		{"after a 429 and a 408", []http.HandlerFunc{status(429), status(408), good}, 3, []string{
			"the server answered 429 Too Many Requests, trying again (2 of 3)",
			"the server answered 408 Request Timeout, trying again (3 of 3)",
		}},
		{"after a reset in the middle", []http.HandlerFunc{part(reset), good}, 2, []string{"connection reset by peer, trying again (2 of 3)"}},
		{"after an early end", []http.HandlerFunc{part(end), good}, 2, []string{"unexpected EOF, trying again (2 of 3)"}},
		{"from a server that calls the archive an encoding", []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			good(w, r)
		}}, 1, nil},
		{"after a redirection", []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, good}, 2, nil},
	} {
		it("fetches "+c.name, func() {
			uri, asked := answers(t, c.list...)
			Expect(fetcher(&log).Fetch(ctx.Background(), pin(uri+"/a.tgz", content), path)).To(Succeed())
			Expect(os.ReadFile(path)).To(BeEquivalentTo(content))
			Expect(asked()).To(Equal(c.asked))
			Expect(log).To(HaveLen(len(c.log)))
			for i, line := range log {
				Expect(line).To(HavePrefix(uri + "/a.tgz: "))
				Expect(line).To(HaveSuffix(c.log[i]))
			}
		})
	}

	for _, c := range []struct {
		name    string
		silence http.HandlerFunc
	}{{"before the first byte", nothing}, {"in the middle", part(silent)}} {
		it("fetches after a silence "+c.name, func() {
			uri, asked := answers(t, c.silence, good)
			f := fetcher(&log)
			f.Limits.Stall = 50 * time.Millisecond
			Expect(f.Fetch(ctx.Background(), pin(uri, content), path)).To(Succeed())
			Expect(os.ReadFile(path)).To(BeEquivalentTo(content))
			Expect(asked()).To(Equal(2))
			Expect(log).To(Equal([]string{uri + ": no data for 50ms, trying again (2 of 3)"}))
		})
	}

	it("waits twice as long before each further try", func() {
		uri, _ := answers(t, status(503), status(503), good)
		f := fetcher(&log)
		f.Limits.Wait = 2 * time.Millisecond
		start := time.Now()
		Expect(f.Fetch(ctx.Background(), pin(uri, content), path)).To(Succeed())
		Expect(time.Since(start)).To(BeNumerically(">=", 6*time.Millisecond))
	})

	it("takes the archive from a mirror, with its credentials, and logs none of them", func() {
		var asked []string
		uri, _ := answers(t, status(500), func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			asked = append(asked, r.URL.EscapedPath(), user, password)
			good(w, r)
		})
		f := fetcher(&log)
		f.Sources.Mirrors = table{"default": strings.Replace(uri, "://", "://me:sec%2Fret@", 1) + "/m/{originalHost}"}
		Expect(f.Fetch(ctx.Background(), pin("https://upstream.invalid/a%2Bb.tgz", content), path)).To(Succeed())
		Expect(asked).To(Equal([]string{"/m/upstream.invalid/a%2Bb.tgz", "me", "sec/ret"}))
		Expect(log).To(Equal([]string{strings.Replace(uri, "://", "://****@", 1) +
			"/m/upstream.invalid/a%2Bb.tgz: the server answered 500 Internal Server Error, trying again (2 of 3)"}))
	})
}

func testFetchFile(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		log    []string
		root   string
		path   string
	)

	it.Before(func() {
		root, path = t.TempDir(), filepath.Join(t.TempDir(), "archive.tar.gz")
	})

	write := func(name, text string) string {
		Expect(os.MkdirAll(filepath.Dir(name), 0o755)).To(Succeed())
		Expect(os.WriteFile(name, []byte(text), 0o644)).To(Succeed())
		return name
	}

	fetch := func(d dependency.Dependency, sources dependency.Sources) error {
		f := fetcher(&log)
		f.Root, f.Sources = root, sources
		err := f.Fetch(ctx.Background(), d, path)
		Expect(log).To(BeEmpty())
		return err
	}

	it("copies what stands inside the buildpack, its name decoded", func() {
		write(filepath.Join(root, "dependencies", "a+b.tgz"), content)
		Expect(fetch(pin("file:///dependencies/a%2Bb.tgz", content), dependency.Sources{})).To(Succeed())
		Expect(os.ReadFile(path)).To(BeEquivalentTo(content))
	})

	it("copies what stands elsewhere", func() {
		d := pin("https://upstream.invalid/x/a.tgz", content)
		mirror := t.TempDir()
		write(filepath.Join(mirror, "upstream.invalid", "x", "a.tgz"), content)
		Expect(fetch(d, dependency.Sources{Mirrors: table{"default": "file://" + (mirror) + "/{originalHost}"}})).To(Succeed())
		Expect(fetch(d, dependency.Sources{Mappings: table{d.SHA256(): "file://" + mirror + "/upstream.invalid/x/a.tgz"}})).To(Succeed())
		Expect(os.ReadFile(path)).To(BeEquivalentTo(content))
	})

	it("checks the checksum of a file too", func() {
		write(filepath.Join(root, "a.tgz"), "other")
		Expect(fetch(pin("file:///a.tgz", content), dependency.Sources{})).To(MatchError(HavePrefix("CPython 3.14.7 is not the archive that this buildpack pins")))
		Expect(path).NotTo(BeAnExistingFile())
	})

	it("tells a broken package of ours from a mirror's lack", func() {
		d := pin("file:///nonexistent/a.tgz", content)
		err := fetch(d, dependency.Sources{})
		Expect(err).To(MatchError(HavePrefix("opening the archive of CPython 3.14.7: ")))
		Expect(errors.As(err, new(*failure.Error))).To(BeFalse())

		err = fetch(d, dependency.Sources{Mappings: table{d.Checksum: "file:///nonexistent/b.tgz"}})
		Expect(err).To(MatchError("CPython 3.14.7 is not where its mirror or mapping says\n" +
			"  where: file:///nonexistent/b.tgz\n  fix: put the archive there, readable for the build, or remove the mirror or mapping"))
	})

	it("does not ask a disk twice", func() {
		Expect(fetch(pin("file:///", content), dependency.Sources{})).To(MatchError(HavePrefix("reading the archive of CPython 3.14.7: ")))
		Expect(path).NotTo(BeAnExistingFile())
	})
}

func testFetchFailures(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		log    []string
		path   string
	)

	it.Before(func() {
		log, path = nil, filepath.Join(t.TempDir(), "archive.tar.gz")
		// What an earlier build left must not pass for the archive either.
		Expect(os.WriteFile(path, []byte("left over"), 0o644)).To(Succeed())
	})

	fetch := func(uri string, change func(*dependency.Limits)) (string, error) {
		f := fetcher(&log)
		change(&f.Limits)
		f.Sources.Mirrors = table{"upstream.invalid": strings.Replace(uri, "://", "://me:secret@", 1) + "?token=secret"}
		err := f.Fetch(ctx.Background(), pin("https://upstream.invalid/a.tgz", content), path)
		Expect(err).To(HaveOccurred())
		Expect(path).NotTo(BeAnExistingFile())
		Expect(err.Error() + strings.Join(log, "\n")).NotTo(ContainSubstring("secret"))
		return strings.Replace(uri, "://", "://****@", 1) + "/a.tgz?****", err
	}
	same := func(*dependency.Limits) {}

	const unreachable = "\n  fix: build again, or name a mirror with BP_DEPENDENCY_MIRROR=https://mirror.example/path;\n" +
		"       behind a firewall use the offline package of this buildpack"

	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		limits func(*dependency.Limits)
		asked  int
		what   string
		fix    string
	}{
		{"another archive", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "other") }, same, 1,
			"CPython 3.14.7 is not the archive that this buildpack pins: its sha256 is d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa, not " +
				pin("", content).SHA256(),
			"\n  fix: if this is a mirror, replace its copy by the original; nothing of the archive was used"},
		{"a 404", status(404), same, 1, "CPython 3.14.7 could not be downloaded: the server answered 404 Not Found",
			"\n  fix: if this is a mirror (BP_DEPENDENCY_MIRROR, dependency-mapping), put the archive there and check its credentials"},
		{"a 401", status(401), same, 1, "CPython 3.14.7 could not be downloaded: the server answered 401 Unauthorized",
			"\n  fix: if this is a mirror (BP_DEPENDENCY_MIRROR, dependency-mapping), put the archive there and check its credentials"},
		{"a status of no use", status(204), same, 1, "CPython 3.14.7 could not be downloaded: the server answered 204 No Content", "\n  fix: build again later"},
		{"a 503 each time", status(503), same, 3, "CPython 3.14.7 could not be downloaded in 3 tries: the server answered 503 Service Unavailable", unreachable},
		{"a status without a name", status(599), func(l *dependency.Limits) { l.Attempts = 1 }, 1, "CPython 3.14.7 could not be downloaded in 1 try: the server answered 599", unreachable},
		{"an early end each time", part(end), same, 3, "CPython 3.14.7 could not be downloaded in 3 tries: unexpected EOF", unreachable},
		{"silence each time", part(silent), func(l *dependency.Limits) { l.Stall = 20 * time.Millisecond }, 3, "CPython 3.14.7 could not be downloaded in 3 tries: no data for 20ms", unreachable},
		{"no end before the time is over", part(silent), func(l *dependency.Limits) { l.Total = 20 * time.Millisecond }, 1, "CPython 3.14.7 could not be downloaded in 1 try: not done after 20ms", unreachable},
		{"no time for a second try", status(503), func(l *dependency.Limits) { l.Total, l.Wait = 50*time.Millisecond, time.Hour }, 1,
			"CPython 3.14.7 could not be downloaded in 1 try: the server answered 503 Service Unavailable", unreachable},
	} {
		it("gives up on "+c.name, func() {
			uri, asked := answers(t, c.answer)
			where, err := fetch(uri, c.limits)
			Expect(err).To(MatchError(c.what + "\n  where: " + where + c.fix))
			Expect(errors.As(err, new(*failure.Error))).To(BeTrue())
			Expect(asked()).To(Equal(c.asked))
		})
	}

	it("gives up on a server that is not there", func() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		address := listener.Addr().String()
		Expect(listener.Close()).To(Succeed())
		_, err = fetch("http://"+address, same)
		Expect(err).To(MatchError(HavePrefix("CPython 3.14.7 could not be downloaded in 3 tries: dial tcp " + address + ": connect: connection refused\n")))
		Expect(log).To(HaveLen(2))
	})

	it("follows no redirection without end", func() {
		uri, _ := answers(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a?key=secret", http.StatusFound) })
		_, err := fetch(uri, func(l *dependency.Limits) { l.Attempts = 1 })
		Expect(err).To(MatchError(HavePrefix("CPython 3.14.7 could not be downloaded in 1 try: stopped after 10 redirects")))
	})

	it("says where it cannot write, and does not try again", func() {
		uri, asked := answers(t, good)
		path = filepath.Join(t.TempDir(), "none", "archive.tar.gz")
		err := fetcher(&log).Fetch(ctx.Background(), pin(uri, content), path)
		Expect(err).To(MatchError("writing " + path + ": open " + path + ": no such file or directory"))
		Expect(asked()).To(Equal(1))
	})

	it("leaves nothing on a disk that is full", func() {
		const full = "/dev/full"
		if _, err := os.Stat(full); err != nil {
			t.Skip("there is no " + full)
		}
		uri, asked := answers(t, good)
		Expect(os.Remove(path)).To(Succeed())
		Expect(os.Symlink(full, path)).To(Succeed()) // the link goes, not the device
		err := fetcher(&log).Fetch(ctx.Background(), pin(uri, content), path)
		Expect(err).To(MatchError(syscall.ENOSPC))
		Expect(err).To(MatchError(HavePrefix("writing " + path + ": ")))
		Expect(asked()).To(Equal(1))
		_, err = os.Lstat(path)
		Expect(err).To(MatchError(os.ErrNotExist))
		Expect(full).To(BeAnExistingFile())
	})

	it("ends with the build", func() {
		uri, asked := answers(t, good)
		over, cancel := ctx.WithCancel(ctx.Background())
		cancel()
		Expect(fetcher(&log).Fetch(over, pin(uri, content), path)).To(MatchError(ctx.Canceled))
		Expect(asked()).To(BeZero())
		Expect(path).NotTo(BeAnExistingFile())
	})
}
