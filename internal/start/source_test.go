package start_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/start"
)

func testSource(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	files, _ := filepath.Glob("testdata/names/*.py")
	for _, file := range files {
		it("sees the names that Python sees in "+filepath.Base(file), func() {
			source, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			want, err := os.ReadFile(file + ".want")
			Expect(err).NotTo(HaveOccurred())
			names, invalid := start.Names(source)
			slices.Sort(names)
			got := strings.Join(names, "\n") + "\n"
			if invalid != "" {
				line, _, _ := strings.Cut(strings.TrimPrefix(invalid, "line "), ":")
				got = fmt.Sprintf("error on line %s\n", line)
			}
			Expect(got).To(Equal(string(want)))
		})
		it("survives every piece of "+filepath.Base(file), func() {
			source, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			for i := range source {
				start.Names(source[:i])
				start.Names(source[i:])
			}
		})
	}
}
