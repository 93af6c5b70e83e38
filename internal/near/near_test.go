package near_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"

	"github.com/lockstep/python/internal/near"
)

func TestUnitNear(t *testing.T) {
	suite := spec.New("near", spec.Report(report.Terminal{}))
	suite("Sort", testSort)
	suite.Run(t)
}

func testSort(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("counts letters", func() {
		for _, c := range []struct {
			a, b string
			want int
		}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"app", "app", 0}} {
			Expect(near.Distance(c.a, c.b)).To(Equal(c.want))
			Expect(near.Distance(c.b, c.a)).To(Equal(c.want))
		}
	})
	it("puts the likest first, equally like ones in order, each once", func() {
		Expect(near.Sort("tests", []string{"dev", "text", "test", "test", "docs"})).To(Equal([]string{"test", "text", "dev", "docs"}))
	})
}
