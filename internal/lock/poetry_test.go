package lock_test

import (
	"os"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// constrained reads what Poetry makes of constraints: the versions it was asked about, then for each text those that it takes.
func constrained(file string) (versions []string, lines [][2]string) {
	data, err := os.ReadFile("testdata/poetry-constraints/" + file)
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			versions = strings.Fields(rest)
			continue
		}
		text, takes, _ := strings.Cut(line, "\t")
		lines = append(lines, [2]string{text, takes})
	}
	return versions, lines
}

func testPoetry(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("takes the versions that Poetry takes", func() {
		versions, lines := constrained("constraints.txt")
		Expect(lines).NotTo(BeEmpty())
		for _, line := range lines {
			takes, err := lock.Allowed(line[0], versions)
			if line[1] == "error" {
				Expect(err).To(HaveOccurred(), line[0])
				continue
			}
			Expect(err).NotTo(HaveOccurred())
			Expect(strings.Join(takes, " ")).To(Equal(line[1]), line[0])
		}
	})

	it("takes the Pythons that Poetry takes", func() {
		versions, lines := constrained("python.txt")
		Expect(lines).NotTo(BeEmpty())
		for _, line := range lines {
			text, specifier, err := lock.OnPython(line[0])
			Expect(err).NotTo(HaveOccurred())
			marker, err := pep508.ParseMarker("python_version != '' and " + "(" + orAny(text) + ")")
			Expect(err).NotTo(HaveOccurred())
			specifiers, err := pep440.ParseSpecifiers(specifier)
			Expect(err).NotTo(HaveOccurred())
			var holds []string
			for _, version := range versions {
				python, err := pep440.Parse(version)
				Expect(err).NotTo(HaveOccurred())
				if marker.Evaluate(pep508.Linux(python, "x86_64")) {
					holds = append(holds, version)
					Expect(python.Major() != 3 || specifiers.Contains(python)).To(BeTrue(), specifier+" of "+line[0]+" leaves out "+version)
				}
			}
			Expect(strings.Join(holds, " ")).To(Equal(line[1]), line[0])
		}
	})
}

func orAny(marker string) string {
	if marker == "" {
		return "python_version != ''"
	}
	return marker
}
