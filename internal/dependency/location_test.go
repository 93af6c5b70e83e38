package dependency_test

import (
	"errors"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/failure"
)

type table = map[string]string

func testLocate(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const pinned = "https://github.com/a/b/cpython-3.14.7%2B2026.tar.gz"

	for _, c := range []struct {
		name    string
		uri     string
		mirrors table
		want    string
	}{
		// What packit's postal answers for the cases of its own tests.
		{"the default mirror", "https://some-uri.com/dep.tgz", table{"default": "https://mirror.example.org/{originalHost}"}, "https://mirror.example.org/some-uri.com/dep.tgz"},
		{"the default for a host without a mirror", "https://some-uri.com/dep.tgz",
			table{"default": "https://mirror.example.org/{originalHost}", "github.com": "https://mirror.example.org/public-github"}, "https://mirror.example.org/some-uri.com/dep.tgz"},
		{"a host that contains the name", "https://some-github.com-uri/dep.tgz",
			table{"default": "https://mirror.example.org/{originalHost}", "github.com": "https://mirror.example.org/public-github"}, "https://mirror.example.org/public-github/dep.tgz"},
		{"a host with a dash", "https://testing.123-abc-uri/dep.tgz", table{"testing.123-abc": "https://mirror.example.org/testing"}, "https://mirror.example.org/testing/dep.tgz"},
		{"no mirror for this host", "https://some-uri.com/dep.tgz", table{"github.com": "https://mirror.example.org/public-github"}, "https://some-uri.com/dep.tgz"},
		{"skip-path with mirror=", "https://github.com/path-to-skip/dep.tgz", table{"github.com": "mirror=https://mirror.example.org/public-github,skip-path=/path-to-skip"}, "https://mirror.example.org/public-github/dep.tgz"},
		{"skip-path without mirror=", "https://nodejs.org/path-to-skip/dep.tgz", table{"nodejs.org": "https://mirror.example.org/node-dist,skip-path=/path-to-skip"}, "https://mirror.example.org/node-dist/dep.tgz"},
		{"a mirror encoded as a whole", "https://maven.org/path to skip/dep.tgz",
			table{"maven.org": "https://user%3Apa%24%24word%2C%40mirror.example.org%2Fmaven,skip-path=%2Fpath%20to%20skip"}, "https://user:pa$$word,@mirror.example.org/maven/dep.tgz"},
		{"a mirror without the host", "https://some-uri.com/dep.tgz", table{"default": "https://mirror.example.org"}, "https://mirror.example.org/dep.tgz"},
		// What we do besides.
		{"http", pinned, table{"default": "http://mirror.example:8080"}, "http://mirror.example:8080/a/b/cpython-3.14.7%2B2026.tar.gz"},
		{"a directory", pinned, table{"default": "file:///mirror/{originalHost}"}, "file:///mirror/github.com/a/b/cpython-3.14.7%2B2026.tar.gz"},
		{"the host in the mirror's host", pinned, table{"default": "https://{originalHost}.mirror.example/x"}, "https://github.com.mirror.example/x/a/b/cpython-3.14.7%2B2026.tar.gz"},
		{"a slash at the end, a newline after it", pinned, table{"default": "https://mirror.example/x/\n"}, "https://mirror.example/x/a/b/cpython-3.14.7%2B2026.tar.gz"},
		{"a query", pinned, table{"default": "https://mirror.example/x?key=1"}, "https://mirror.example/x/a/b/cpython-3.14.7%2B2026.tar.gz?key=1"},
		{"a password with an encoded slash", pinned, table{"default": "https://u:p%2Fw@mirror.example"}, "https://u:p%2Fw@mirror.example/a/b/cpython-3.14.7%2B2026.tar.gz"},
		{"a capital scheme", pinned, table{"default": "HTTPS://mirror.example"}, "https://mirror.example/a/b/cpython-3.14.7%2B2026.tar.gz"},
		{"the longest name of several", "https://objects.github.com/x", table{"com": "https://1.example", "github.com": "https://2.example", "hub.com": "https://3.example"}, "https://2.example/x"},
		{"capitals in a host", "https://GitHub.com/x", table{"github.COM": "https://2.example"}, "https://2.example/x"},
		{"a name that only the path holds", "https://upstream.example/github.com/x", table{"github.com": "https://2.example"}, "https://upstream.example/github.com/x"},
		{"a mirror that is blank", pinned, table{"default": " "}, pinned},
		{"a host without a name", pinned, table{"": "https://mirror.example"}, pinned},
		{"skip-path with a slash at its end", "https://github.com/a/b/x.tgz", table{"default": "https://mirror.example/m,skip-path=/a/b/"}, "https://mirror.example/m/x.tgz"},
		{"skip-path that the path does not hold", pinned, table{"default": "https://mirror.example/m,skip-path=/nowhere"}, "https://mirror.example/m/a/b/cpython-3.14.7%2B2026.tar.gz"},
		{"skip-path beside an encoded name", pinned, table{"default": "https://mirror.example/m,skip-path=/a"}, "https://mirror.example/m/b/cpython-3.14.7%2B2026.tar.gz"},
		{"skip-path that is encoded in the path", "https://github.com/a%2Bb/x.tgz", table{"default": "https://mirror.example,skip-path=/a+b"}, "https://mirror.example/x.tgz"},
		{"a file inside the buildpack", "file:///dependencies/x.tgz", table{"default": "https://mirror.example"}, "file:///dependencies/x.tgz"},
	} {
		it("obeys mirrors: "+c.name, func() {
			sources := dependency.Sources{Mirrors: c.mirrors}
			Expect(sources.Locate(dependency.Dependency{URI: c.uri, Checksum: "sha256:00"})).To(Equal(c.want))
		})
	}

	for _, c := range []struct{ name, mirror string }{
		{"no URI", "mirror.example/path"},
		{"another scheme", "ftp://mirror.example"},
		{"no host", "https:///path"},
		{"a port that is none", "https://user:secret/word@mirror.example"},
		{"credentials without a scheme", "user:secret@mirror.example"},
		{"a comma in a password", "https://user:secret,word@mirror.example"},
		{"options alone", "skip-path=/secret"},
	} {
		it("refuses a mirror: "+c.name, func() {
			_, err := dependency.Sources{Mirrors: table{"default": c.mirror}}.Locate(dependency.Dependency{URI: pinned})
			Expect(err).To(MatchError("the dependency mirror is not a URI that can be downloaded from\n" +
				"  where: BP_DEPENDENCY_MIRROR or a dependency-mirror binding\n  fix: write it as https://mirror.example/path"))
			Expect(errors.As(err, new(*failure.Error))).To(BeTrue())
		})
	}

	for _, key := range []string{"00ff", "sha256:00ff", "sha256_00ff"} {
		it("prefers a mapping, by the key "+key, func() {
			for _, uri := range []string{pinned, "file:///dependencies/x.tgz"} {
				sources := dependency.Sources{Mirrors: table{"default": "https://mirror.example"}, Mappings: table{key: "https://mapped.example/x.tgz\n"}}
				Expect(sources.Locate(dependency.Dependency{URI: uri, Checksum: "sha256:00ff"})).To(Equal("https://mapped.example/x.tgz"))
			}
		})
	}

	it("does not take the mapping of another archive", func() {
		sources := dependency.Sources{Mappings: table{"00fe": "https://mapped.example", "": "https://mapped.example"}}
		Expect(sources.Locate(dependency.Dependency{URI: pinned, Checksum: "sha256:00ff"})).To(Equal(pinned))
	})

	for _, uri := range []string{"", "user:secret@mapped.example/x.tgz", "s3://secret/x.tgz", "https://user:secret/word@mapped.example/x.tgz"} {
		it("refuses a mapping to "+uri, func() {
			d := dependency.Dependency{Name: "CPython", Version: "3.14.7", URI: pinned, Checksum: "sha256:00ff"}
			_, err := dependency.Sources{Mappings: table{"sha256_00ff": uri}}.Locate(d)
			Expect(err).To(MatchError("the mapping of CPython 3.14.7 is not a URI that can be downloaded from\n" +
				"  where: dependency-mapping binding, entry sha256_00ff\n  fix: write it as https://mirror.example/path"))
		})
	}

	it("names the dependency whose own URI is broken", func() {
		_, err := dependency.Sources{}.Locate(dependency.Dependency{Name: "uv", Version: "1", URI: "https://%"})
		Expect(err).To(MatchError(HavePrefix("reading the URI of uv 1: ")))
	})
}

func testRedact(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct{ uri, want string }{
		{"https://host.example/a%2Bb.tgz", "https://host.example/a%2Bb.tgz"},
		{"https://host.example/a%2A%2A%2A%2Ab.tgz", "https://host.example/a%2A%2A%2A%2Ab.tgz"},
		{"https://host.example/@scope/a.tgz", "https://host.example/@scope/a.tgz"},
		{"file:///dependencies/a.tgz", "file:///dependencies/a.tgz"},
		{"https://user:secret@host.example/a.tgz", "https://****@host.example/a.tgz"},
		{"https://secret@host.example/a.tgz", "https://****@host.example/a.tgz"},
		{"https://user:sec%2Fret@host.example", "https://****@host.example"},
		{"https://user:sec@ret@host.example/a.tgz", "https://****@host.example/a.tgz"},
		{"https://user:sec/ret@host.example/a.tgz", "https://****@host.example/a.tgz"},
		{"https://user:sec?ret@host.example/a.tgz?secret=1", "https://****@host.example/a.tgz"},
		{"https://host.example/a.tgz?sig=secret", "https://host.example/a.tgz?****"},
		{"user:secret@host.example/a.tgz", "****://****@host.example/a.tgz"},
		{"secret@host.example/a.tgz", "****://****@host.example/a.tgz"},
	} {
		it("redacts "+c.uri, func() { Expect(dependency.Redact(c.uri)).To(Equal(c.want)) })
	}
}
