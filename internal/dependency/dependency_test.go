package dependency_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/pep440"
)

func testPins(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("reads what can be installed and when minors end", func() {
		dir := t.TempDir()
		Expect(os.WriteFile(filepath.Join(dir, "buildpack.toml"), []byte(`api = "0.10"
[metadata.end-of-life]
"3.9" = "2025-10-31"
[[metadata.dependencies]]
id = "cpython"
name = "CPython"
version = "3.14.6"
build = "20260804"
os = "linux"
arch = "arm64"
uri = "https://upstream.example/a.tar.gz"
checksum = "sha256:00ff"
deprecation_date = "2030-10-31T00:00:00Z"
[[metadata.dependencies]]
id = "cpython"
os = "linux"
arch = "amd64"
[[metadata.dependencies]]
id = "uv"
os = "linux"
arch = "arm64"
`), 0o644)).To(Succeed())

		pins, err := dependency.ReadPins(dir)
		Expect(err).NotTo(HaveOccurred())
		Expect(pins.EndOfLife).To(Equal(map[string]string{"3.9": "2025-10-31"}))
		found := pins.Select("cpython", "linux", "arm64")
		Expect(found).To(Equal([]dependency.Dependency{{
			ID: "cpython", Name: "CPython", Version: "3.14.6", Build: "20260804", OS: "linux", Arch: "arm64",
			URI: "https://upstream.example/a.tar.gz", Checksum: "sha256:00ff",
		}}))
		Expect(found[0].SHA256()).To(Equal("00ff"))
		Expect(pins.Select("cpython", "linux", "riscv64")).To(BeEmpty())
	})

	it("names the file that it cannot read", func() {
		_, err := dependency.ReadPins(t.TempDir())
		Expect(err).To(MatchError(fs.ErrNotExist))
		Expect(err).To(MatchError(MatchRegexp(`^reading .*/buildpack.toml: `)))
	})

	it("finds in our own buildpack.toml the same releases for both architectures, each complete", func() {
		pins, err := dependency.ReadPins(filepath.Join("..", ".."))
		Expect(err).NotTo(HaveOccurred())
		for _, id := range []string{"cpython", "uv"} {
			var versions [2][]string
			for i, arch := range []string{"amd64", "arm64"} {
				for _, d := range pins.Select(id, "linux", arch) {
					versions[i] = append(versions[i], d.Version)
					_, err := pep440.Parse(d.Version)
					Expect(err).NotTo(HaveOccurred())
					Expect(d.URI).To(HavePrefix("https://"))
					Expect(d.Checksum).To(MatchRegexp(`^sha256:[0-9a-f]{64}$`))
				}
			}
			Expect(versions[0]).NotTo(BeEmpty())
			Expect(versions[0]).To(Equal(versions[1]))
		}
		for minor, day := range pins.EndOfLife {
			_, err := time.Parse(time.DateOnly, day)
			Expect(err).NotTo(HaveOccurred(), minor)
		}
	})
}
