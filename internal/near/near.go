// Package near tells which names an owner may have meant: a name and those that there are go in, they come out by likeness.
package near

import "slices"

// Sort gives the names, each once, the most like the wanted one first; equally like ones in order.
func Sort[T ~string](wanted T, names []T) []T {
	sorted := slices.Compact(slices.Sorted(slices.Values(names)))
	slices.SortStableFunc(sorted, func(a, b T) int { return Distance(wanted, a) - Distance(wanted, b) })
	return sorted
}

// Distance is the number of bytes to add, drop or replace (Levenshtein).
func Distance[T ~string](a, b T) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
