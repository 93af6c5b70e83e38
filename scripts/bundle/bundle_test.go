package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sclevine/spec"

	. "github.com/onsi/gomega"
)

const buildpack = `
api = "0.10"
[buildpack]
id = "some/id"
[[targets]]
os = "linux"
arch = "amd64"
[[targets]]
os = "linux"
arch = "arm64"
[metadata]
unknown = "stays"
[[metadata.dependencies]]
id = "old"
arch = "amd64"
uri = "https://example.com/old"
`

func dependency(arch, uri, sum string) string {
	return fmt.Sprintf("[[dependencies]]\nid = \"new\"\nos = \"linux\"\narch = %q\nuri = %q\nchecksum = \"sha256:%s\"\n", arch, uri, sum)
}

func sha(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func testBundle(t *testing.T, program string, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		dir    string
		write  = func(name, content string) string {
			path := filepath.Join(dir, name)
			Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
			Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
			return path
		}
		run = func(args ...string) (map[string]string, string, error) {
			out := filepath.Join(t.TempDir(), "out")
			args = append([]string{"-buildpack", filepath.Join(dir, "buildpack.toml"), "-programs", dir, "-output", out}, args...)
			message, err := exec.Command(program, args...).CombinedOutput()
			if err != nil {
				return nil, string(message), err
			}
			return tree(t, out), string(message), nil
		}
	)

	it.Before(func() {
		dir = t.TempDir()
		write("buildpack.toml", buildpack)
		for _, arch := range []string{"amd64", "arm64"} {
			for _, name := range []string{"build", "detect", "launch"} {
				write(filepath.Join("linux", arch, name), name+" for "+arch)
			}
		}
	})

	it("lays out a folder for each target, with the target's own dependencies", func() {
		files, _, err := run()
		Expect(err).NotTo(HaveOccurred())
		Expect(files).To(HaveLen(8))
		Expect(files["linux/amd64/bin/launch"]).To(Equal("-rwxr-xr-x launch for amd64"))
		Expect(files["linux/arm64/bin/detect"]).To(Equal("-rwxr-xr-x detect for arm64"))
		Expect(files["linux/amd64/buildpack.toml"]).To(ContainSubstring(`uri = "https://example.com/old"`))
		Expect(files["linux/amd64/buildpack.toml"]).To(ContainSubstring(`unknown = "stays"`))
		Expect(files["linux/arm64/buildpack.toml"]).NotTo(ContainSubstring("example.com"))
	})

	it("replaces the dependencies and puts their archives in, the same bytes each time", func() {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "served") }))
		defer server.Close()
		local := "file://" + write("an+archive.tgz", "local")
		list := write("dependencies.toml", dependency("amd64", local, sha("local"))+dependency("arm64", server.URL, sha("served")))

		files, message, err := run("-offline", "-dependencies", list)
		Expect(err).NotTo(HaveOccurred(), message)
		Expect(files).To(HaveLen(10))
		Expect(files["linux/amd64/dependencies/"+sha("local")]).To(Equal("-rw-r--r-- local"))
		Expect(files["linux/arm64/dependencies/"+sha("served")]).To(Equal("-rw-r--r-- served"))
		Expect(files["linux/amd64/buildpack.toml"]).To(ContainSubstring(`uri = "file:///dependencies/` + sha("local") + `"`))
		Expect(files["linux/amd64/buildpack.toml"]).NotTo(ContainSubstring("example.com"))

		again, _, err := run("-offline", "-dependencies", list)
		Expect(err).NotTo(HaveOccurred())
		Expect(again).To(Equal(files))
	})

	it("refuses archives that are not what their checksum says, or that are not there", func() {
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		local := "file://" + write("archive.tgz", "changed")
		for list, want := range map[string]string{
			dependency("amd64", local, sha("local")):      "its sha256 is " + sha("changed") + ", not " + sha("local"),
			dependency("amd64", server.URL, sha("local")): "404 Not Found",
			dependency("amd64", local+".old", sha("")):    "no such file or directory",
			"": "has no [[dependencies]]",
		} {
			_, message, err := run("-offline", "-dependencies", write("dependencies.toml", list))
			Expect(err).To(HaveOccurred())
			Expect(message).To(ContainSubstring(want))
		}
	})
}
