// Package golden is for tests alone: it compares a text with a file that go test -update writes, and reads the answers that
// another tool gave, which stand in testdata with a README that says how they were made. Benchmarks take their processor time from it.
package golden

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Compare compares a text with the file of that name.
func Compare(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	gomega.NewWithT(t).Expect(got).To(gomega.Equal(string(want)), name)
}

// Row is one line of answers, a JSON list: what was asked, and what came out.
type Row []json.RawMessage

// Rows reads testdata/<name>.jsonl.gz.
func Rows(t *testing.T, name string) []Row {
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
	var rows []Row
	for lines.Scan() {
		rows = append(rows, Decode[Row](t, lines.Bytes()))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// Decode gives one item of a row as the type that it has.
func Decode[T any](t *testing.T, text []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
