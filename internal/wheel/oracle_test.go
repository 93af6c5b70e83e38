package wheel_test

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/wheel"
)

// testOracle compares with the answers of PyPI's packaging; testdata/README.md says how they were made.
func testOracle(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	it("supports the same tags in the same order", func() {
		rows := readRows(t, "tags")
		Expect(len(rows)).To(BeNumerically(">", 40))
		for _, row := range rows {
			who := interpreter(t, row)
			ranks := who.Tags()
			tags := make([]string, len(ranks))
			for tag, rank := range ranks {
				tags[rank] = tag
			}
			Expect(tags).To(Equal(decode[[]string](t, row[3])), "%+v", who)
		}
	})

	it("ranks wheels alike", func() {
		rows := readRows(t, "wheels")
		Expect(len(rows)).To(BeNumerically(">", 2000))
		for _, row := range rows {
			who := interpreter(t, row)
			tags, names, places := who.Tags(), decode[[]string](t, row[3]), decode[[]int](t, row[4])
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

func interpreter(t *testing.T, row []json.RawMessage) wheel.Interpreter {
	t.Helper()
	return wheel.Interpreter{Minor: decode[int](t, row[0]), Machine: decode[string](t, row[1]), Glibc: decode[int](t, row[2])}
}

func readRows(t *testing.T, name string) [][]json.RawMessage {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	var rows [][]json.RawMessage
	for lines.Scan() {
		rows = append(rows, decode[[]json.RawMessage](t, slices.Clone(lines.Bytes())))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func decode[T any](t *testing.T, text []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
