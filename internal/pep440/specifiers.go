package pep440

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Specifiers is a list of conditions that a version must meet together, such as >=3.11,<4.
// The zero value has none and takes every version.
type Specifiers struct {
	clauses []clause
}

// clause is one condition. With === the version is only text, and version stays zero.
type clause struct {
	operator string
	text     string // the version as written
	version  Version
	wildcard bool
}

const arbitrary = "===" // compares text; the specification's way out for versions that are none

// operators stand in the order to try them: a longer one before its beginning.
var operators = []string{arbitrary, "~=", "==", "!=", "<=", ">=", "<", ">"}

// ParseSpecifiers reads a comma-separated list; blanks and superfluous commas do not count.
func ParseSpecifiers(text string) (Specifiers, error) {
	if strings.Count(text, ",") > longest {
		return Specifiers{}, fmt.Errorf("%q… has more than %d parts", text[:20], longest)
	}
	var s Specifiers
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		c, err := parseClause(part)
		if err != nil {
			return Specifiers{}, fmt.Errorf("%q is not a version specifier: %w", part, err)
		}
		s.clauses = append(s.clauses, c)
	}
	return s, nil
}

func parseClause(text string) (clause, error) {
	i := slices.IndexFunc(operators, func(o string) bool { return strings.HasPrefix(text, o) })
	if i < 0 {
		return clause{}, fmt.Errorf("expected one of %s before the version", strings.Join(operators, ", "))
	}
	c := clause{operator: operators[i], text: strings.TrimSpace(strings.TrimPrefix(text, operators[i]))}
	if c.operator == arbitrary {
		return c, c.checkArbitrary()
	}
	var release string
	release, c.wildcard = strings.CutSuffix(c.text, ".*")
	var err error
	if c.version, err = parseExact(release); err != nil {
		return clause{}, err
	}
	return c, c.check()
}

func (c clause) checkArbitrary() error {
	if c.text == "" || strings.ContainsAny(c.text, " \t\r\n\v\f;)") {
		return fmt.Errorf("expected a version without blanks after %s", arbitrary)
	}
	return nil
}

func (c clause) check() error {
	v, equality := c.version, c.operator == "==" || c.operator == "!="
	switch {
	case c.wildcard && !equality:
		return errors.New(".* may only follow == or !=")
	case c.wildcard && (v.IsPrerelease() || v.post.present() || v.local != nil):
		return errors.New(".* may only follow a release, such as ==1.2.*")
	case v.local != nil && !equality:
		return fmt.Errorf("a local version (+%s) may only follow == or !=", strings.Join(v.local, "."))
	case c.operator == "~=" && len(v.release) < 2:
		return fmt.Errorf("~= needs a release of two numbers or more, such as ~=%d.0", v.Major())
	}
	return nil
}

// Contains tells whether v meets all conditions. A pre-release only does when one of them names a pre-release.
func (s Specifiers) Contains(v Version) bool {
	return (!v.IsPrerelease() || slices.ContainsFunc(s.clauses, clause.namesPrerelease)) && s.ContainsPre(v)
}

// ContainsPre is Contains with pre-releases taken like any version.
func (s Specifiers) ContainsPre(v Version) bool {
	return !slices.ContainsFunc(s.clauses, func(c clause) bool { return !c.matches(v) })
}

// namesPrerelease leaves != out: who excludes a pre-release does not ask for others.
func (c clause) namesPrerelease() bool {
	v := c.version
	if c.operator == arbitrary {
		v, _ = Parse(c.text)
	}
	return c.operator != "!=" && v.IsPrerelease()
}

func (c clause) matches(v Version) bool {
	switch c.operator {
	case arbitrary:
		return strings.EqualFold(v.String(), c.text)
	case "==":
		return c.equals(v)
	case "!=":
		return !c.equals(v)
	case "~=":
		return v.Compare(c.version) >= 0 && v.hasPrefix(c.version.epoch, c.version.release[:len(c.version.release)-1])
	case "<=":
		return v.public().Compare(c.version) <= 0
	case ">=":
		return v.Compare(c.version) >= 0
	case "<":
		return c.above(v)
	default:
		return c.below(v)
	}
}

func (c clause) equals(v Version) bool {
	switch {
	case c.wildcard:
		return v.hasPrefix(c.version.epoch, c.version.release)
	case c.version.local == nil:
		return v.public().Compare(c.version) == 0
	}
	return v.Compare(c.version) == 0
}

// above serves <: 1.0rc1 comes before 1.0, but who writes <1.0 does not want it.
func (c clause) above(v Version) bool {
	limit := c.version
	if !limit.IsPrerelease() {
		limit.dev = segment{name: "dev"}
	}
	return v.Compare(limit) < 0
}

// below serves >: 1.0.post1 and 1.0+local come after 1.0, but who writes >1.0 does not want them.
func (c clause) below(v Version) bool {
	if v.public().Compare(c.version) <= 0 {
		return false
	}
	if c.version.post.present() || c.version.dev.present() {
		return true
	}
	v.post, v.dev = segment{}, segment{}
	return v.public().Compare(c.version) != 0
}

// Equal tells whether both lists have the same conditions, whatever their order and spelling. Conditions are compared one
// by one, not by what they let through: >=1,>=2 and >=2 differ.
func (s Specifiers) Equal(other Specifiers) bool {
	return slices.Equal(s.canonical(), other.canonical())
}

func (s Specifiers) canonical() []string {
	var all []string
	for _, c := range s.clauses {
		all = append(all, c.canonical())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// canonical drops zeros at the end of a release where they mean nothing; after ~= and before .* they do.
func (c clause) canonical() string {
	switch {
	case c.operator == arbitrary:
		return c.operator + strings.ToLower(c.text)
	case c.wildcard:
		return c.operator + c.version.String() + ".*"
	case c.operator == "~=":
		return c.operator + c.version.String()
	}
	v := c.version
	v.release = v.trimmed()
	return c.operator + v.String()
}

// String gives the conditions as they were written and in that order, without blanks.
func (s Specifiers) String() string {
	var parts []string
	for _, c := range s.clauses {
		parts = append(parts, c.operator+c.text)
	}
	return strings.Join(parts, ",")
}
