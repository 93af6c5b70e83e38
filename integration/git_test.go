package integration_test

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// gitFlags bring this machine's git into the build, with the libraries that it needs for https.
func gitFlags(t *testing.T) []string {
	t.Helper()
	sh := func(script string) string {
		out, err := exec.Command("bash", "-euc", script).CombinedOutput()
		if err != nil {
			t.Fatal(err, string(out))
		}
		return strings.TrimSpace(string(out))
	}
	dir := t.TempDir()
	sh("cp $(command -v git) " + dir + "/program; mkdir " + dir + "/lib " + dir + "/core; cd $(git --exec-path); cp -L git-remote-https " + dir + "/remote; cp -L git-sh-* git-submodule " + dir + "/core\n" +
		"for lib in $(ldd git-remote-https | grep -o '/[^ ]*' | grep -v 'ld-linux\\|libc.so'); do cp -L $lib " + dir + "/lib; done")
	write(t, dir, map[string]string{
		"git":                   "#!/bin/sh\nLD_LIBRARY_PATH=/opt/git/lib exec /opt/git/program --exec-path=/opt/git/core \"$@\"\n",
		"upload":                "#!/bin/sh\nexec /opt/git/git upload-pack \"$@\"\n",
		"core/git":              "#!/bin/sh\nexec /opt/git/git \"$@\"\n",
		"core/git-remote-https": "#!/bin/sh\nLD_LIBRARY_PATH=/opt/git/lib exec /opt/git/remote \"$@\"\n",
	})
	sh("chmod -R a+rX " + dir + "; chmod a+rx " + dir + "/git " + dir + "/upload " + dir + "/core/*")
	return []string{"--volume", dir + ":/opt/git", "--volume", dir + "/git:/usr/bin/git", "--volume", dir + "/upload:/usr/bin/git-upload-pack"}
}

// A package that stands at a commit of a repository, behind a password, on a server whose authority only the owner trusts.
func testGit(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const secret = "v3ry-s3cret"
	var (
		server         *httptest.Server
		commit, host   string
		flags, trusted []string
		authority      string
	)

	it.Before(func() {
		root := t.TempDir()
		dir := filepath.Join(root, "greet.git")
		write(t, dir, map[string]string{"pyproject.toml": "[project]\nname = \"greet\"\nversion = \"1\"\n", "greet.py": "x = 1\n"})
		for _, args := range []string{"init --quiet", "add .", "-c user.name=a -c user.email=a@example.org commit --quiet --message x", "rev-parse HEAD"} {
			out, err := exec.Command("git", append([]string{"-C", dir}, strings.Fields(args)...)...).CombinedOutput()
			Expect(err).NotTo(HaveOccurred(), string(out))
			commit = strings.TrimSpace(string(out))
		}
		core, err := exec.Command("git", "--exec-path").Output()
		Expect(err).NotTo(HaveOccurred())
		backend := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(core)), "git-http-backend"), Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1"}}
		server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, password, _ := r.BasicAuth(); password != secret {
				w.Header().Set("WWW-Authenticate", "Basic realm=git")
				http.Error(w, "who are you?", http.StatusUnauthorized)
				return
			}
			backend.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		host = strings.TrimPrefix(server.URL, "https://")
		bundle, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
		Expect(err).NotTo(HaveOccurred())
		own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		authority = filepath.Join(t.TempDir(), "ca.pem")
		Expect(os.WriteFile(authority, append(bundle, own...), 0o644)).To(Succeed())
		flags = append(gitFlags(t), "--volume", authority+":/certs/ca.pem")
		trusted = slices.Concat(flags, []string{"--env", "SSL_CERT_FILE=/certs/ca.pem"})
	})

	plain := func(requirements string) *app {
		return newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n", "requirements.txt": requirements})
	}
	required := func(user, commit string) string {
		return fmt.Sprintf("greet @ git+https://%s%s/greet.git@%s\n", user, host, commit) + hashed["requirements.txt"]
	}
	shownNowhere := func(a *app, l log) {
		Expect(string(l)).NotTo(ContainSubstring(secret))
		Expect(docker(t, "image", "inspect", a.image)).NotTo(ContainSubstring(secret))
		Expect(a.output("bash", "-c", "grep -rl "+secret+" /layers /workspace /cnb; true")).To(BeEmpty())
	}

	it("installs from requirements.txt with a password of a variable, and keeps the wheel", func() {
		a := plain(required("user:${TOKEN}@", commit))
		with := slices.Concat(trusted, []string{"--env", "TOKEN=" + secret, "--env", "BP_LOG_LEVEL=DEBUG"})
		l := a.mustBuild(with...)
		Expect(l.building()).To(And(ContainSubstring("  Using requirements.txt: 2 packages, all pinned and hashed\n"), ContainSubstring("  Built from source: greet\n")))
		Expect(a.python("import greet, itsdangerous")).To(BeEmpty())
		shownNowhere(a, l)
		Expect(a.mustBuild(with...).exported("Adding")).To(BeEmpty())
	})

	it("installs from uv.lock with a password of a netrc file", func() {
		netrc := filepath.Join(t.TempDir(), "netrc")
		name, _, _ := strings.Cut(host, ":")
		Expect(os.WriteFile(netrc, []byte("machine "+name+" login user password "+secret+"\n"), 0o644)).To(Succeed())
		a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n",
			"pyproject.toml": fmt.Sprintf("[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.12\"\ndependencies = [\"greet\"]\n"+
				"[tool.uv.sources]\ngreet = { git = \"https://%s/greet.git\", rev = %q }\n", host, commit),
			"uv.lock": fmt.Sprintf("version = 1\nrevision = 3\nrequires-python = \">=3.12\"\n\n[[package]]\nname = \"app\"\nversion = \"1\"\nsource = { virtual = \".\" }\n"+
				"dependencies = [{ name = \"greet\" }]\n\n[package.metadata]\nrequires-dist = [{ name = \"greet\", git = \"https://%[1]s/greet.git?rev=%[2]s\" }]\n\n"+
				"[[package]]\nname = \"greet\"\nversion = \"1\"\nsource = { git = \"https://%[1]s/greet.git?rev=%[2]s#%[2]s\" }\n", host, commit),
		})
		l := a.mustBuild(append(flags, "--env", "GIT_SSL_CAINFO=/certs/ca.pem", "--volume", netrc+":/home/cnb/.netrc")...)
		Expect(a.python("import greet")).To(BeEmpty())
		shownNowhere(a, l)
	})

	for _, c := range []struct {
		name, what, fix string
		mistake         func() (requirements string, flags []string)
	}{
		{"a commit that is not there", "Error: greet comes from a git repository that has no commit or branch " + zeros[:40] + "\n", "push it",
			func() (string, []string) { return required("user:${TOKEN}@", zeros[:40]), trusted }},
		{"a password that is wrong", "Error: greet comes from a git repository that asks for other credentials than the build has\n", "${TOKEN}",
			func() (string, []string) { return required("user:wrong@", commit), trusted }},
		{"an authority that is not trusted", "Error: greet comes from a git repository whose server has a certificate that the build does not trust\n", "SSL_CERT_FILE",
			func() (string, []string) { return required("user:${TOKEN}@", commit), flags }},
	} {
		it("explains "+c.name, func() {
			requirements, flags := c.mistake()
			a := plain(requirements)
			l, err := a.build(slices.Concat(flags, []string{"--env", "TOKEN=" + secret})...)
			Expect(err).To(HaveOccurred())
			Expect(l.building()).To(And(ContainSubstring(c.what+"  where: requirements.txt\n  fix: "), ContainSubstring(c.fix)))
			Expect(string(l)).NotTo(ContainSubstring(secret))
		})
	}
}
