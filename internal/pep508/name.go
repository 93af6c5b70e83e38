package pep508

import (
	"slices"
	"strings"
)

// Name is the normalized name of a package, extra or dependency group: lower case, and each run of - _ . as one hyphen.
// Only these can be compared (PEP 503, PEP 685, PEP 735), so a name as someone wrote it is a plain string.
type Name string

const separators = "-_."

// NewName normalizes a name as written. It does not judge whether the name is valid.
func NewName(raw string) Name {
	var b strings.Builder
	separated := false
	for _, r := range strings.ToLower(raw) {
		separator := strings.ContainsRune(separators, r)
		switch {
		case !separator:
			b.WriteRune(r)
		case !separated:
			b.WriteByte('-')
		}
		separated = separator
	}
	return Name(b.String())
}

// NewNames normalizes names as written; they come sorted, each once.
func NewNames(raw []string) []Name {
	var names []Name
	for _, name := range raw {
		names = append(names, NewName(name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
