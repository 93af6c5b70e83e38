package wheel_test

import (
	"cmp"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/wheel"
)

// testOracle compares with the answers of PyPI's packaging; testdata/README.md says how they were made.
func testOracle(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	it("supports the same tags in the same order", func() {
		rows := golden.Rows(t, "tags")
		Expect(len(rows)).To(BeNumerically(">", 40))
		for _, row := range rows {
			who := interpreter(t, row)
			ranks := who.Tags()
			tags := make([]string, len(ranks))
			for tag, rank := range ranks {
				tags[rank] = tag
			}
			Expect(tags).To(Equal(golden.Decode[[]string](t, row[3])), "%+v", who)
		}
	})

	it("ranks wheels alike", func() {
		rows := golden.Rows(t, "wheels")
		Expect(len(rows)).To(BeNumerically(">", 2000))
		for _, row := range rows {
			who := interpreter(t, row)
			tags, names, places := who.Tags(), golden.Decode[[]string](t, row[3]), golden.Decode[[]int](t, row[4])
			ranks := make([]int, len(names))
			var fitting []int
			for i, name := range names {
				rank, ok := tags.Rank(name)
				Expect(ok).To(Equal(places[i] >= 0), "%+v: %s", who, name)
				if ranks[i] = rank; ok {
					fitting = append(fitting, i)
				}
			}
			for _, i := range fitting {
				for _, j := range fitting {
					Expect(cmp.Compare(ranks[i], ranks[j])).To(Equal(cmp.Compare(places[i], places[j])), "%+v: %s and %s", who, names[i], names[j])
				}
			}
		}
	})
}

func interpreter(t *testing.T, row golden.Row) wheel.Interpreter {
	t.Helper()
	return wheel.Interpreter{Minor: golden.Decode[int](t, row[0]), Machine: golden.Decode[string](t, row[1]), Glibc: golden.Decode[int](t, row[2])}
}
