package lock_test

import (
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/lock"
)

func testCredentials(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const resolved = `lock-version = "1.0"
[[packages]]
name = "a"
version = "1"
archive = { url = "https://user:s3cret@files.example/a-1-py3-none-any.whl", hashes = { sha256 = "aa" } }
[[packages]]
name = "b"
version = "1"
vcs = { type = "git", url = "https://t0ken@git.example/b.git", commit-id = "0123456789012345678901234567890123456789" }
`

	it("takes them off what is kept and puts them back for the installer", func() {
		app := fstest.MapFS{"requirements.txt": {Data: []byte(
			"a @ https://user:${TOKEN}@files.example/a-1-py3-none-any.whl\nb @ git+https://t0ken@git.example/b.git\n")}}
		lookup := func(string) string { return "s3cret" }
		requirements, err := lock.ReadRequirements(app, "requirements.txt", lookup)
		Expect(err).NotTo(HaveOccurred())
		credentials := requirements.Credentials(lookup)
		Expect(credentials).To(Equal(lock.Credentials{"files.example": "user:s3cret", "git.example": "t0ken"}))

		read, err := lock.ReadPylock("requirements.txt", []byte(resolved))
		Expect(err).NotTo(HaveOccurred())
		packages, err := lock.Select(read, environment("3.14.6 x86_64"))
		Expect(err).NotTo(HaveOccurred())
		kept, ok := lock.WritePylock(packages)
		Expect(ok).To(BeTrue())
		Expect(kept).NotTo(Or(ContainSubstring("s3cret"), ContainSubstring("t0ken")))
		for _, p := range packages {
			Expect(p.Artifact()).NotTo(Or(ContainSubstring("s3cret"), ContainSubstring("t0ken")))
		}

		given, _ := lock.WritePylock(credentials.Restore(packages))
		Expect(given).To(ContainSubstring(`url = "https://user:s3cret@files.example/a-1-py3-none-any.whl"`))
		Expect(given).To(ContainSubstring(`url = "https://t0ken@git.example/b.git"`))
		again, _ := lock.WritePylock(packages)
		Expect(again).To(Equal(kept))
	})
}
