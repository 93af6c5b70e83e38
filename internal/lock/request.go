package lock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep508"
)

// unknown is a request for what is not there. What there is stands in the order of likeness.
func unknown(kind string, name pep508.Name, known []pep508.Name, where string) error {
	what := fmt.Sprintf("there is no %s %s", kind, name)
	fix := fmt.Sprintf("do not ask for it: there are no %ss at all", kind)
	if len(known) > 0 {
		list := make([]string, 0, len(known))
		for _, other := range nearest(name, known) {
			list = append(list, string(other))
		}
		what += "; there is " + strings.Join(list, ", ")
		fix = "ask for " + list[0] + ", or another of these"
	}
	return &failure.Error{What: what, Where: where, Fix: fix}
}

// nearest sorts names by how much they differ from one.
func nearest(name pep508.Name, known []pep508.Name) []pep508.Name {
	sorted := slices.Sorted(slices.Values(known))
	slices.SortStableFunc(sorted, func(a, b pep508.Name) int { return distance(name, a) - distance(name, b) })
	return slices.Compact(sorted)
}

// distance counts the letters to add, drop or replace.
func distance(a, b pep508.Name) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
