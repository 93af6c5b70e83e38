package pep440_test

import (
	"cmp"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/pep440"
)

// testOracle compares with the answers of PyPI's packaging; testdata/README.md says how they were made.
func testOracle(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	it("parses, normalizes and orders versions", func() {
		type known struct {
			version pep440.Version
			text    string
			rank    int
		}
		var all []known
		for _, row := range golden.Rows(t, "versions") {
			text := golden.Decode[string](t, row[0])
			version, err := pep440.Parse(text)
			Expect(err == nil).To(Equal(len(row) > 1), "%q: %v", text, err)
			if err != nil {
				continue
			}
			Expect(version.String()).To(Equal(golden.Decode[string](t, row[1])), text)
			Expect(version.Release()).To(Equal(golden.Decode[[]int](t, row[2])), text)
			Expect(version.IsPrerelease()).To(Equal(golden.Decode[bool](t, row[3])), text)
			all = append(all, known{version, text, golden.Decode[int](t, row[4])})
		}
		Expect(len(all)).To(BeNumerically(">", 2000))
		for _, a := range all {
			for _, b := range all {
				if got := a.version.Compare(b.version); got != cmp.Compare(a.rank, b.rank) {
					t.Fatalf("comparing %q with %q gives %d", a.text, b.text, got)
				}
			}
		}
	})

	it("matches versions against specifiers", func() {
		rows := golden.Rows(t, "containment")
		var pool []pep440.Version
		for _, text := range rows[0] {
			version, err := pep440.Parse(golden.Decode[string](t, text))
			Expect(err).NotTo(HaveOccurred())
			pool = append(pool, version)
		}
		for _, row := range rows[1:] {
			text := golden.Decode[string](t, row[0])
			specifiers, err := pep440.ParseSpecifiers(text)
			Expect(err == nil).To(Equal(len(row) > 1), "%q: %v", text, err)
			if err != nil {
				continue
			}
			Expect(bits(pool, specifiers.Contains)).To(Equal(golden.Decode[string](t, row[1])), text)
			Expect(bits(pool, specifiers.ContainsPre)).To(Equal(golden.Decode[string](t, row[2])), text)

			again, err := pep440.ParseSpecifiers(specifiers.String())
			Expect(err).NotTo(HaveOccurred())
			Expect(again.Equal(specifiers)).To(BeTrue(), text)
		}
	})

	it("tells equal lists from different ones", func() {
		for _, row := range golden.Rows(t, "equality") {
			a, err := pep440.ParseSpecifiers(golden.Decode[string](t, row[0]))
			Expect(err).NotTo(HaveOccurred())
			b, err := pep440.ParseSpecifiers(golden.Decode[string](t, row[1]))
			Expect(err).NotTo(HaveOccurred())
			Expect(a.Equal(b)).To(Equal(golden.Decode[bool](t, row[2])), "%s and %s", row[0], row[1])
		}
	})
}

func bits(pool []pep440.Version, contains func(pep440.Version) bool) string {
	var answers []byte
	for _, version := range pool {
		answer := byte('0')
		if contains(version) {
			answer = '1'
		}
		answers = append(answers, answer)
	}
	return string(answers)
}
