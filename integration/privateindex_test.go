package integration_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

const wheelName = "private_thing-1.0-py3-none-any.whl"

// wheel is the least that is one. It is made before there is a test, so it panics.
func wheel() []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range [][2]string{
		{"private_thing.py", "x = 1\n"},
		{"private_thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: private-thing\nVersion: 1.0\n"},
		{"private_thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{"private_thing-1.0.dist-info/RECORD", "private_thing.py,,\nprivate_thing-1.0.dist-info/METADATA,,\nprivate_thing-1.0.dist-info/WHEEL,,\n" +
			"private_thing-1.0.dist-info/RECORD,,\n"},
	} {
		w, err := archive.Create(file[0])
		if err == nil {
			_, err = w.Write([]byte(file[1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func testPrivateIndex(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const secret = "v3ry-s3cret"
	var server *httptest.Server
	var withPassword string

	it.Before(func() {
		content := wheel()
		server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, password, _ := r.BasicAuth()
			switch {
			case password != secret:
				w.Header().Set("WWW-Authenticate", "Basic")
				http.Error(w, "who are you?", http.StatusUnauthorized)
			case r.URL.Path == "/simple/private-thing/":
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(w, "<!doctype html><html><body><a href=\"/files/%s\">%s</a></body></html>", wheelName, wheelName)
			case r.URL.Path == "/files/"+wheelName:
				_, _ = w.Write(content)
			default:
				http.NotFound(w, r)
			}
		}))
		t.Cleanup(server.Close)
		withPassword = strings.Replace(server.URL, "http://", "http://user:"+secret+"@", 1) + "/simple"
	})

	private := func(line string) *app {
		return newApp(t, map[string]string{"main.py": "import private_thing\n", "Procfile": "web: python main.py\n", "requirements.txt": line + "\n"})
	}

	pinned := fmt.Sprintf("private-thing==1.0 --hash=sha256:%x", sha256.Sum256(wheel()))
	for _, c := range []struct{ name, requirements, variable, path string }{
		{"an index with a password of a setting", "private-thing==1.0", "UV_DEFAULT_INDEX", "/simple"},
		{"an index with a password of a variable that requirements.txt names", "--index-url ${INDEX_URL}\nprivate-thing==1.0", "INDEX_URL", "/simple"},
		{"a URL with a password", "private-thing @ ${WHEEL_URL}", "WHEEL_URL", "/files/" + wheelName},
		{"an index with a password of a setting, with a lock", pinned, "UV_DEFAULT_INDEX", "/simple"},
		{"an index with a password of a setting for pip, with a lock", pinned, "PIP_INDEX_URL", "/simple"},
		{"an index with a password that requirements.txt names, with a lock", "-i ${INDEX_URL}\n" + pinned, "INDEX_URL", "/simple"},
	} {
		it("installs from "+c.name+" and shows it nowhere", func() {
			value := strings.Replace(withPassword, "/simple", c.path, 1)
			a := private(c.requirements)
			l := a.mustBuild("--env", c.variable+"="+value, "--env", "BP_LOG_LEVEL=DEBUG")
			Expect(a.python("import private_thing")).To(BeEmpty())
			Expect(string(l)).NotTo(ContainSubstring(secret))
			Expect(docker(t, "image", "inspect", a.image)).NotTo(ContainSubstring(secret))
			Expect(a.output("bash", "-c", "grep -rl "+secret+" /layers /workspace /cnb; true")).To(BeEmpty())

			l = a.mustBuild("--env", c.variable+"="+value)
			Expect(l.exported("Adding")).To(BeEmpty())
		})
	}

	it("installs a URL with a hash whose password is a variable, and asks for the variable when it is not set", func() {
		url := strings.Replace(server.URL, "http://", "http://user:${TOKEN}@", 1) + "/files/" + wheelName
		a := private("private-thing @ " + url + strings.TrimPrefix(pinned, "private-thing==1.0"))
		l, err := a.build()
		Expect(err).To(HaveOccurred())
		Expect(l.building()).To(ContainSubstring("Error: requirements.txt asks for the variable TOKEN, which has no value in this build\n"))
		l = a.mustBuild("--env", "TOKEN="+secret)
		Expect(l.building()).To(ContainSubstring("  Using requirements.txt: 1 package, all pinned and hashed\n"))
		Expect(a.python("import private_thing")).To(BeEmpty())
		Expect(string(l) + docker(t, "image", "inspect", a.image)).NotTo(ContainSubstring(secret))
		Expect(a.output("bash", "-c", "grep -rl "+secret+" /layers /workspace /cnb; true")).To(BeEmpty())
	})

	it("takes credentials out of a netrc file", func() {
		netrc := filepath.Join(t.TempDir(), "netrc")
		Expect(os.WriteFile(netrc, []byte("machine 127.0.0.1 login user password "+secret+"\n"), 0o644)).To(Succeed())
		Expect(os.Chmod(filepath.Dir(netrc), 0o755)).To(Succeed())
		a := private(pinned)
		l := a.mustBuild("--env", "UV_DEFAULT_INDEX="+server.URL+"/simple", "--env", "NETRC=/netrc", "--volume", netrc+":/netrc")
		Expect(a.python("import private_thing")).To(BeEmpty())
		Expect(string(l) + docker(t, "image", "inspect", a.image)).NotTo(ContainSubstring(secret))
	})

	it("says that the index wants credentials, and shows none that were wrong", func() {
		a := private("private-thing==1.0")
		for _, url := range []string{server.URL + "/simple", strings.Replace(withPassword, secret, "wr0ng-s3cret", 1)} {
			l, err := a.build("--env", "UV_DEFAULT_INDEX="+url)
			Expect(err).To(HaveOccurred())
			Expect(l.building()).To(ContainSubstring("the index refused the request with status 401\n"))
			Expect(string(l)).NotTo(ContainSubstring("wr0ng-s3cret"))
		}
	})
}
