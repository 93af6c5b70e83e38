package lock

import (
	"regexp"

	"github.com/BurntSushi/toml"
	"github.com/lockstep/python/internal/pep440"
)

// PyJSON is pyJSON for tests, with Python's default separators or compact ones.
func PyJSON(value any, dense bool) (string, error) {
	if dense {
		return pyJSON(value, compact)
	}
	return pyJSON(value, spaced)
}

// Allowed are those of the versions that a constraint of Poetry's takes.
func Allowed(text string, versions []string) ([]string, error) {
	c, err := parseConstraint(text)
	var out []string
	for _, version := range versions {
		if v, e := pep440.Parse(version); e == nil && c.admits(v) {
			out = append(out, version)
		}
	}
	return out, err
}

// OnPython is a constraint on Python as a marker and as a specifier.
func OnPython(text string) (marker, specifier string, err error) {
	c, err := parsePython(text)
	return c.marker(), c.specifier(), err
}

var hashLine = regexp.MustCompile(`(?m)^content-hash = ".*"$`)

// WithContentHash gives a poetry.lock the hash of a manifest.
func WithContentHash(file, manifest []byte) []byte {
	var raw map[string]any
	if toml.Unmarshal(manifest, &raw) != nil {
		return file
	}
	form := hashed(present(tableAt(raw, "project"), hashedProject), tableAt(raw, "dependency-groups"), tableAt(raw, "tool", "poetry"))
	sum, _ := contentHash(form)
	return hashLine.ReplaceAll(file, []byte(`content-hash = "`+sum+`"`))
}
