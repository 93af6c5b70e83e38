// Package pep508 reads dependency specifiers: names, requirement lines and environment markers, with the markers that
// lock files add (PEP 751). In: their text. Out: plain values, and whether a marker holds in an environment. Options and
// comments of requirements files, and whose fault a bad text is, are left to its callers. The rules are those of
// https://packaging.python.org/en/latest/specifications/dependency-specifiers/; where that page leaves a choice, PyPI's
// packaging is followed (internal/pep508/testdata/README.md lists the differences).
package pep508

import (
	"slices"
	"strings"
	"unicode"

	"github.com/lockstep/python/internal/pep440"
)

// Requirement is a wish for one package. Specifiers and URL exclude each other.
type Requirement struct {
	Name       Name
	Raw        string // the name as written
	Extras     []Name // sorted, each once
	Specifiers pep440.Specifiers
	URL        string
	Marker     Marker
}

// Parse reads one requirement. Its errors are *SyntaxError.
func Parse(text string) (Requirement, error) {
	s := &scanner{text: text}
	s.blanks()
	var r Requirement
	if r.Raw = s.identifier(); r.Raw == "" {
		return Requirement{}, s.expected("the name of a package")
	}
	r.Name = NewName(r.Raw)
	for _, read := range []func(*Requirement) error{s.extras, s.source, s.condition} {
		s.blanks()
		if err := read(&r); err != nil {
			return Requirement{}, err
		}
	}
	return r, nil
}

func (s *scanner) extras(r *Requirement) error {
	if !s.take("[") {
		return nil
	}
	for {
		s.blanks()
		name := s.identifier()
		if name == "" && len(r.Extras) > 0 {
			return s.expected("the name of an extra")
		}
		if name != "" {
			r.Extras = append(r.Extras, NewName(name))
		}
		s.blanks()
		if name == "" || !s.take(",") {
			break
		}
	}
	if !s.take("]") {
		return s.expected("a comma or ] after the extras")
	}
	slices.Sort(r.Extras)
	r.Extras = slices.Compact(r.Extras)
	return nil
}

// source reads what follows the name and extras: a URL, or the versions that are wanted.
func (s *scanner) source(r *Requirement) error {
	if !s.take("@") {
		return s.specifiers(r)
	}
	s.blanks()
	// A URL may hold semicolons, so only a blank ends it.
	if r.URL = s.takeWhile(func(c rune) bool { return !isBlank(c) }); r.URL == "" {
		return s.expected("a URL after @")
	}
	return nil
}

func (s *scanner) specifiers(r *Requirement) error {
	parenthesis := s.take("(")
	var clauses []string
	for {
		s.blanks()
		start := s.at
		clause := s.clause()
		if clause == "" {
			break
		}
		if _, err := pep440.ParseSpecifiers(clause); err != nil {
			return s.expectedAt(start, "a version specifier, but "+err.Error())
		}
		clauses = append(clauses, clause)
		s.blanks()
		if !s.take(",") {
			break
		}
	}
	if parenthesis && !s.take(")") {
		return s.expected("a version specifier or ) to close the list")
	}
	var err error
	r.Specifiers, err = pep440.ParseSpecifiers(strings.Join(clauses, ","))
	return err
}

// clause cuts one specifier out, valid or not; "" if no operator stands here.
func (s *scanner) clause() string {
	start := s.at
	if s.takeWhile(func(c rune) bool { return strings.ContainsRune("=<>!~", c) }) == "" {
		return ""
	}
	s.takeWhile(unicode.IsSpace)
	s.takeWhile(func(c rune) bool { return !strings.ContainsRune(",;)", c) && !unicode.IsSpace(c) })
	return s.text[start:s.at]
}

// condition reads the marker, if there is one, and makes sure that nothing follows.
func (s *scanner) condition(r *Requirement) error {
	if s.done() {
		return nil
	}
	if !s.take(";") {
		expected := "a semicolon before a marker, or the end"
		if r.URL == "" && r.Specifiers.String() == "" {
			expected = "a version specifier such as ==1.2, " + expected
		}
		return s.expected(expected)
	}
	var err error
	r.Marker, err = s.marker()
	return err
}

// String gives the requirement with the name as written and the rest normalized; Parse reads it back.
func (r Requirement) String() string {
	var b strings.Builder
	b.WriteString(r.Raw)
	separator := "["
	for _, extra := range r.Extras {
		b.WriteString(separator + string(extra))
		separator = ","
	}
	if separator == "," {
		b.WriteByte(']')
	}
	b.WriteString(r.Specifiers.String())
	if r.URL != "" {
		b.WriteString(" @ " + r.URL)
	}
	if !r.Marker.IsZero() {
		if r.URL != "" {
			b.WriteByte(' ') // or the semicolon would belong to the URL
		}
		b.WriteString("; " + r.Marker.String())
	}
	return b.String()
}
