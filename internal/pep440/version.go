// Package pep440 reads versions and version specifiers, compares the first and matches them against the second.
// In: their text as it stands in lock files, pyproject.toml and settings. Out: plain values. It knows nothing of
// packages, and leaves to its callers whose fault a bad text is. The rules are those of
// https://packaging.python.org/en/latest/specifications/version-specifiers/; where that page leaves a choice, PyPI's
// packaging is followed (internal/pep508/testdata/README.md lists the differences).
package pep440

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Version is one version, normalized. Two spellings of one version (1.0 and 1.0.0) differ as Go values:
// ask Compare, not ==.
type Version struct {
	epoch   int
	release []int
	pre     segment // a, b or rc
	post    segment
	dev     segment
	local   []string // lower case, numbers without leading zeros
}

// segment is a named part of a version, such as rc1; without a name it is absent.
type segment struct {
	name   string
	number int
}

func (s segment) present() bool { return s.name != "" }

// The groups of versionPattern, in its order.
const (
	groupEpoch = iota + 1
	groupRelease
	groupPre
	groupPreNumber
	groupDashPost // 1.0-1, an old way to write 1.0.post1
	groupPost
	groupPostNumber
	groupDev
	groupDevNumber
	groupLocal
)

// versionPattern takes every spelling the specification accepts, once it is in lower case and without blanks around.
var versionPattern = regexp.MustCompile(`^v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)` +
	`(?:[._-]?(alpha|a|beta|b|preview|pre|c|rc)[._-]?([0-9]*))?` +
	`(?:-([0-9]+)|[._-]?(post|rev|r)[._-]?([0-9]*))?` +
	`(?:[._-]?(dev)[._-]?([0-9]*))?` +
	`(?:\+([a-z0-9]+(?:[._-][a-z0-9]+)*))?$`)

// Parse reads a version in any accepted spelling, with blanks around it or not.
func Parse(text string) (Version, error) {
	return parseExact(strings.TrimSpace(text))
}

// longest is far beyond what anybody numbers releases with. What is longer takes seconds and gigabytes to read.
const longest = 1000

func parseExact(text string) (Version, error) {
	if len(text) > longest {
		return Version{}, fmt.Errorf("%q… is too long for a version", text[:20])
	}
	if v, ok := plain(text); ok {
		return v, nil
	}
	// Letters are folded here and not by the pattern, whose folding would also take the Kelvin sign for a k.
	groups := versionPattern.FindStringSubmatch(lowerASCII(text))
	if groups == nil {
		return Version{}, fmt.Errorf("%q is not a version, such as 1.2.3 or 2.0rc1", text)
	}
	numbers := numberReader{}
	v := Version{
		epoch: numbers.read(groups[groupEpoch]),
		pre:   numbers.segment(preNames[groups[groupPre]], groups[groupPreNumber]),
		dev:   numbers.segment(groups[groupDev], groups[groupDevNumber]),
		local: localParts(groups[groupLocal]),
	}
	for part := range strings.SplitSeq(groups[groupRelease], ".") {
		v.release = append(v.release, numbers.read(part))
	}
	if groups[groupDashPost]+groups[groupPost] != "" {
		v.post = numbers.segment("post", groups[groupDashPost]+groups[groupPostNumber])
	}
	if numbers.err != nil {
		return Version{}, fmt.Errorf("%q is not a version: %w", text, numbers.err)
	}
	return v, nil
}

// plain reads a version that is numbers and dots alone. Nearly all are, and a lock has thousands: the pattern takes long.
func plain(text string) (v Version, ok bool) {
	for part := range strings.SplitSeq(text, ".") {
		number, digits := 0, len(part)
		for i := range digits {
			if part[i] < '0' || part[i] > '9' {
				return Version{}, false
			}
			number = number*10 + int(part[i]-'0')
		}
		if digits == 0 || digits > 18 { // more might not fit into an int
			return Version{}, false
		}
		v.release = append(v.release, number)
	}
	return v, true
}

var preNames = map[string]string{
	"a": "a", "alpha": "a", "b": "b", "beta": "b", "c": "rc", "rc": "rc", "pre": "rc", "preview": "rc",
}

// numberReader keeps the first error, so that one check at the end serves all parts of a version.
type numberReader struct{ err error }

func (r *numberReader) read(digits string) int {
	if digits == "" {
		return 0
	}
	number, err := strconv.Atoi(digits)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("the number %s is too large", digits)
	}
	return number
}

func (r *numberReader) segment(name, digits string) segment {
	if name == "" {
		return segment{}
	}
	return segment{name: name, number: r.read(digits)}
}

// localParts keeps numbers as text: a commit hash that happens to be all digits may be longer than an int.
func localParts(text string) []string {
	if text == "" {
		return nil
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("._-", r) })
	for i, part := range parts {
		if isNumber(part) {
			parts[i] = cmp.Or(strings.TrimLeft(part, "0"), "0")
		}
	}
	return parts
}

func isNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// String gives the canonical spelling; zeros at the end of the release stay.
func (v Version) String() string {
	var b strings.Builder
	if v.epoch != 0 {
		fmt.Fprintf(&b, "%d!", v.epoch)
	}
	for i, number := range v.release {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.Itoa(number))
	}
	if v.pre.present() {
		fmt.Fprintf(&b, "%s%d", v.pre.name, v.pre.number)
	}
	if v.post.present() {
		fmt.Fprintf(&b, ".post%d", v.post.number)
	}
	if v.dev.present() {
		fmt.Fprintf(&b, ".dev%d", v.dev.number)
	}
	if v.local != nil {
		b.WriteString("+" + strings.Join(v.local, "."))
	}
	return b.String()
}

// Release gives the release's numbers as written: 3.10.0 is [3 10 0].
func (v Version) Release() []int { return slices.Clone(v.release) }

// Major is the release's first number.
func (v Version) Major() int { return v.at(0) }

// Minor is the release's second number, 0 if there is none.
func (v Version) Minor() int { return v.at(1) }

// Micro is the release's third number, 0 if there is none.
func (v Version) Micro() int { return v.at(2) }

func (v Version) at(i int) int {
	if i < len(v.release) {
		return v.release[i]
	}
	return 0
}

// IsPrerelease tells alphas, betas, candidates and development releases from the others.
func (v Version) IsPrerelease() bool { return v.pre.present() || v.dev.present() }

// Compare orders as the specification does: -1 when v comes before other, 0 when they are the same version.
func (v Version) Compare(other Version) int {
	a, b := v.suffix(), other.suffix()
	return cmp.Or(
		cmp.Compare(v.epoch, other.epoch),
		slices.Compare(v.trimmed(), other.trimmed()),
		slices.Compare(a[:], b[:]),
		slices.CompareFunc(v.local, other.local, compareLocal),
	)
}

// trimmed is the release without zeros at its end, since 1.0 and 1.0.0 are one version.
func (v Version) trimmed() []int {
	end := len(v.release)
	for end > 0 && v.release[end-1] == 0 {
		end--
	}
	return v.release[:end]
}

// suffix turns what follows the release into numbers that order it: 1.0.dev1, 1.0a1, 1.0b1, 1.0rc1, 1.0, 1.0.post1,
// and each of them after its own development releases.
func (v Version) suffix() [6]int {
	pre := preRanks[v.pre.name]
	if v.dev.present() && !v.pre.present() && !v.post.present() {
		pre = rankDevOnly
	}
	post, dev := 0, 1
	if v.post.present() {
		post = 1
	}
	if v.dev.present() {
		dev = 0
	}
	return [6]int{pre, v.pre.number, post, v.post.number, dev, v.dev.number}
}

const rankDevOnly = 0

var preRanks = map[string]int{"a": 1, "b": 2, "rc": 3, "": 4}

// compareLocal puts words before numbers; words go by letters, numbers by size.
func compareLocal(a, b string) int {
	switch numberA, numberB := isNumber(a), isNumber(b); {
	case numberA && numberB:
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	case numberA:
		return 1
	case numberB:
		return -1
	}
	return strings.Compare(a, b)
}

// public is the version without its local part.
func (v Version) public() Version {
	v.local = nil
	return v
}

func (v Version) hasPrefix(epoch int, release []int) bool {
	if v.epoch != epoch {
		return false
	}
	for i, number := range release {
		if v.at(i) != number {
			return false
		}
	}
	return true
}
