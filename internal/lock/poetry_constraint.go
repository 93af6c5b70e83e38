package lock

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/pep440"
)

// constraint is a version constraint in Poetry's language, as the PEP 440 specifiers of its alternatives: what one of them
// takes is taken. None takes everything.
type constraint []pep440.Specifiers

var (
	alternatives = regexp.MustCompile(`\|\|?`)
	clause       = regexp.MustCompile(`^\s*(\^|~=|~|==|=|!=|<=|>=|<|>)?\s*[vV]?([^\s,]+)[\s,]*`)
	anyVersion   = regexp.MustCompile(`^[xX*](\.[xX*])*$`)
	wildcards    = regexp.MustCompile(`(\.\*)+$`)
)

// parseConstraint reads a constraint (https://python-poetry.org/docs/dependency-specification/#version-constraints).
func parseConstraint(text string) (constraint, error) { return readConstraint(text, "==") }

// parsePython reads a constraint on Python, where 3.12 means each 3.12.x: Poetry compares it with python_version.
func parsePython(text string) (constraint, error) { return readConstraint(text, "python") }

func readConstraint(text, equals string) (constraint, error) {
	var c constraint
	for _, alternative := range alternatives.Split(text, -1) {
		clauses, err := clausesOf(alternative, equals)
		if err != nil {
			return nil, fmt.Errorf("%q is not a version constraint: %w", text, err)
		}
		specifiers, err := pep440.ParseSpecifiers(strings.Join(clauses, ","))
		if err != nil {
			return nil, err
		}
		c = append(c, specifiers)
	}
	for _, specifiers := range c {
		if specifiers.String() == "" { // takes everything, whatever else there is
			return nil, nil
		}
	}
	return c, nil
}

func clausesOf(text, equals string) ([]string, error) {
	var out []string
	for rest := strings.Trim(text, " \t,"); rest != ""; {
		m := clause.FindStringSubmatch(rest)
		if m == nil {
			return nil, fmt.Errorf("expected a version before %q", rest)
		}
		rest = rest[len(m[0]):]
		if anyVersion.MatchString(m[2]) {
			continue
		}
		specifiers, err := clauseOf(m[1], m[2], equals)
		if err != nil {
			return nil, err
		}
		out = append(out, specifiers)
	}
	return out, nil
}

// clauseOf turns one condition into PEP 440.
func clauseOf(operator, version, equals string) (string, error) {
	bare := wildcards.ReplaceAllString(version, "")
	parsed, err := pep440.Parse(bare)
	if err != nil {
		return "", err
	}
	release, wild := parsed.Release(), bare != version
	public, _, _ := strings.Cut(bare, "+")
	switch operator {
	case "^":
		return between(public, next(release, breaking(release))), nil
	case "~":
		return between(public, next(release, min(1, len(release)-1))), nil
	case "~=":
		if len(release) == 1 {
			return between(public, next(release, 0)), nil
		}
		return operator + public, nil
	case "<", "<=", ">", ">=":
		return operator + public, nil
	case "!=":
	default:
		operator = "=="
		wild = wild || equals == "python" && len(release) < 3
	}
	if wild {
		return operator + bare + ".*", nil
	}
	return operator + bare, nil
}

// breaking is the place of the number whose change breaks, by semantic versioning: the first that is not zero.
func breaking(release []int) int {
	for i, number := range release[:min(3, len(release))] {
		if number > 0 {
			return i
		}
	}
	return min(3, len(release)) - 1
}

// next is the first release after all that agree with this one up to a place.
func next(release []int, place int) string {
	var parts []string
	for _, number := range release[:place] {
		parts = append(parts, strconv.Itoa(number))
	}
	return strings.Join(append(parts, strconv.Itoa(release[place]+1)), ".")
}

func between(version, limit string) string {
	if epoch, _, ok := strings.Cut(version, "!"); ok {
		limit = epoch + "!" + limit
	}
	return ">=" + version + ",<" + limit
}

func (c constraint) admits(v pep440.Version) bool {
	for _, specifiers := range c {
		if specifiers.ContainsPre(v) {
			return true
		}
	}
	return len(c) == 0
}

var comparing = regexp.MustCompile(`(===|~=|==|!=|<=|>=|<|>)([^,]+)`)

// marker says a constraint on Python as an environment marker; empty when it takes everything.
func (c constraint) marker() string {
	var parts []string
	for _, specifiers := range c {
		parts = append(parts, comparing.ReplaceAllString(specifiers.String(), `python_full_version $1 "$2"`))
	}
	return strings.ReplaceAll(strings.Join(parts, " or "), ",", " and ")
}

// lastMinor bounds what specifier looks at; no Python 3.100 is in sight.
const lastMinor = 99

// specifier says a constraint on Python in PEP 440. Alternatives cannot be said there, so of these only the minor versions of
// Python 3 are: each that one alternative takes any release of is in it.
func (c constraint) specifier() string {
	switch len(c) {
	case 0:
		return ""
	case 1:
		return c[0].String()
	}
	var out []string
	first, last := -1, -1
	for minor := range lastMinor + 1 {
		if !c.admitsMinor(minor) {
			continue
		}
		if first < 0 {
			first = minor
		} else {
			for gap := last + 1; gap < minor; gap++ {
				out = append(out, fmt.Sprintf("!=3.%d.*", gap))
			}
		}
		last = minor
	}
	if first < 0 {
		return ""
	}
	out = append([]string{fmt.Sprintf(">=3.%d", first)}, out...)
	if last < lastMinor {
		out = append(out, fmt.Sprintf("<3.%d", last+1))
	}
	return strings.Join(out, ",")
}

func (c constraint) admitsMinor(minor int) bool {
	for micro := range 40 {
		v, err := pep440.Parse(fmt.Sprintf("3.%d.%d", minor, micro))
		if err == nil && c.admits(v) {
			return true
		}
	}
	return false
}

var platform = regexp.MustCompile(`^(==|!=|=)?\s*([^\s"]+)$`)

// platformMarker says a constraint on sys.platform ("linux || darwin", "!=win32") as a marker.
func platformMarker(text string) (string, error) {
	var either []string
	for _, alternative := range alternatives.Split(text, -1) {
		var all []string
		for _, part := range strings.Split(alternative, ",") {
			m := platform.FindStringSubmatch(strings.TrimSpace(part))
			if m == nil {
				return "", fmt.Errorf("%q is not a platform", text)
			}
			operator := "=="
			if m[1] == "!=" {
				operator = "!="
			}
			all = append(all, fmt.Sprintf(`sys_platform %s "%s"`, operator, m[2]))
		}
		either = append(either, strings.Join(all, " and "))
	}
	return strings.Join(either, " or "), nil
}

// allOf joins markers that must hold together.
func allOf(markers ...string) string { return joinMarkers(" and ", markers) }

func joinMarkers(word string, markers []string) string {
	var parts []string
	for _, marker := range markers {
		if marker != "" {
			parts = append(parts, "("+marker+")")
		}
	}
	if len(parts) == 1 {
		return strings.TrimSuffix(strings.TrimPrefix(parts[0], "("), ")")
	}
	return strings.Join(parts, word)
}
