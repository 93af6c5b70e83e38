package main_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sclevine/spec"

	. "github.com/onsi/gomega"
)

func testSupply(t *testing.T, program string, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		dir    string
		out    string
		write  = func(name string, content []byte) string {
			path := filepath.Join(dir, name)
			Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
			Expect(os.WriteFile(path, content, 0o644)).To(Succeed())
			return path
		}
		run = func(args ...string) (string, error) {
			output, err := exec.Command(program, args...).CombinedOutput()
			return string(output), err
		}
		// archive is the one file that was made, as `tar -tv` would list it, and its sha256.
		archive = func(name string) ([]string, string) {
			content, err := os.ReadFile(filepath.Join(out, name))
			Expect(err).NotTo(HaveOccurred())
			sum := sha256.Sum256(content)
			gz, err := gzip.NewReader(bytes.NewReader(content))
			Expect(err).NotTo(HaveOccurred())
			var list []string
			for r := tar.NewReader(gz); ; {
				h, err := r.Next()
				if err == io.EOF {
					return list, hex.EncodeToString(sum[:])
				}
				Expect(err).NotTo(HaveOccurred())
				Expect(h.ModTime.Unix()).To(Equal(int64(315532801)))
				body, err := io.ReadAll(r)
				Expect(err).NotTo(HaveOccurred())
				list = append(list, fmt.Sprintf("%s %s %s%s", h.FileInfo().Mode(), h.Name, h.Linkname, body))
			}
		}
	)

	it.Before(func() {
		dir, out = t.TempDir(), t.TempDir()
	})

	it("makes a CPython archive with pip of the module, the same bytes each time", func() {
		var compressed bytes.Buffer
		gz := gzip.NewWriter(&compressed)
		_, err := gz.Write([]byte("ELF"))
		Expect(err).NotTo(HaveOccurred())
		Expect(gz.Close()).To(Succeed())
		write("python/internal/data/linux-arm64/bin/python3.14.gz", compressed.Bytes())
		write("python/internal/data/linux-arm64/files.json", []byte(`{"files": [
			{"name": "bin/python3.14", "size": 3, "perm": 493, "compressed": true},
			{"name": "bin/python3", "perm": 134218239, "symlink": "python3.14"},
			{"name": "bin", "perm": 2147484141}]}`))
		write("pip/internal/data/pip/__init__.py", []byte("# pip"))
		write("pip/internal/data/files.json", []byte(`{"files": [
			{"name": "bin/pip", "size": 1, "perm": 493},
			{"name": "pip/__init__.py", "size": 5, "perm": 420}]}`))
		module := write("module.json", fmt.Appendf(nil, `{"Dir": %q, "Sum": "h1:right"}`, dir))

		entry, err := run("cpython", "3.14.6+20260610", "arm64", "h1:right", module, out)
		Expect(err).NotTo(HaveOccurred(), entry)
		name := "cpython-3.14.6+20260610-aarch64-unknown-linux-gnu-install_only_stripped.tar.gz"
		list, sum := archive(name)
		Expect(list).To(Equal([]string{
			"drwxr-xr-x python/bin/ ",
			"Lrwxrwxrwx python/bin/python3 python3.14",
			"-rwxr-xr-x python/bin/python3.14 ELF",
			"-rw-r--r-- python/lib/python3.14/site-packages/pip/__init__.py # pip",
		}))
		for _, line := range []string{
			"[[dependencies]]", `id = "cpython"`, `version = "3.14.6"`, `build = "20260610"`, `arch = "arm64"`,
			`uri = "file://` + filepath.Join(out, name) + `"`, `checksum = "sha256:` + sum + `"`,
		} {
			Expect(entry).To(ContainSubstring(line + "\n"))
		}

		again, err := run("cpython", "3.14.6+20260610", "arm64", "h1:right", module, out)
		Expect(err).NotTo(HaveOccurred())
		Expect(again).To(Equal(entry))
	})

	it("refuses a module that is not the pinned one", func() {
		module := write("module.json", fmt.Appendf(nil, `{"Dir": %q, "Sum": "h1:other"}`, dir))
		message, err := run("cpython", "3.14.6+20260610", "amd64", "h1:right", module, out)
		Expect(err).To(HaveOccurred())
		Expect(message).To(ContainSubstring(`has the checksum "h1:other", not "h1:right"`))
	})

	it("makes a uv archive of a wheel, and refuses a wheel without uv", func() {
		wheel := func(names ...string) string {
			var content bytes.Buffer
			w := zip.NewWriter(&content)
			for _, name := range names {
				f, err := w.Create(name)
				Expect(err).NotTo(HaveOccurred())
				_, err = f.Write([]byte("ELF"))
				Expect(err).NotTo(HaveOccurred())
			}
			Expect(w.Close()).To(Succeed())
			return write("uv.whl", content.Bytes())
		}

		entry, err := run("uv", "0.12.5", "amd64", wheel("uv-0.12.5.data/scripts/uvx", "uv-0.12.5.data/scripts/uv", "uv/__init__.py"), out)
		Expect(err).NotTo(HaveOccurred(), entry)
		list, sum := archive("uv-x86_64-unknown-linux-gnu.tar.gz")
		Expect(list).To(Equal([]string{
			"-rwxr-xr-x uv-x86_64-unknown-linux-gnu/uv ELF",
			"-rwxr-xr-x uv-x86_64-unknown-linux-gnu/uvx ELF",
		}))
		Expect(entry).To(ContainSubstring(`checksum = "sha256:` + sum + `"`))

		message, err := run("uv", "0.12.5", "amd64", wheel("uv/__init__.py"), out)
		Expect(err).To(HaveOccurred())
		Expect(message).To(ContainSubstring("does not hold uv and uvx"))
	})
}
