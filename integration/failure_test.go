package integration_test

import (
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testFailure(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("leaves the previous image as it was, and the next build takes all of it", func() {
		a := fixture(t, "hashed")
		a.mustBuild()
		id := a.id()
		right, err := os.ReadFile(filepath.Join(a.dir, "requirements.txt"))
		Expect(err).NotTo(HaveOccurred())
		for _, wrong := range []string{
			"idna==3.19 --hash=sha256:" + zeros, // fails when the packages are installed
			"idna==",                            // fails before anything is made
		} {
			write(t, a.dir, map[string]string{"requirements.txt": wrong + "\n"})
			l, err := a.build()
			Expect(err).To(HaveOccurred(), string(l))
			Expect(a.id()).To(Equal(id))
		}
		write(t, a.dir, map[string]string{"requirements.txt": string(right)})
		l := a.mustBuild()
		Expect(l.exported("Adding")).To(BeEmpty())
		Expect(a.id()).To(Equal(id))
	})
}
