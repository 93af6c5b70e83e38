package pep508

import (
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
)

// Marker is a condition on the environment. The zero value is none, which always holds.
type Marker struct {
	root *node
}

// node is a comparison, or parts joined by and/or.
type node struct {
	join     string // "and", "or", "" for a comparison
	parts    []node
	left     operand
	operator string
	right    operand
}

// operand is a variable or, if that is empty, a literal.
type operand struct {
	variable string
	literal  string
}

// IsZero tells whether there is no condition at all.
func (m Marker) IsZero() bool { return m.root == nil }

// Evaluate tells whether the condition holds. A comparison without meaning (os_name ~= "posix") does not.
func (m Marker) Evaluate(env Environment) bool {
	return m.root == nil || m.root.evaluate(env)
}

func (n node) evaluate(env Environment) bool {
	holds := func(part node) bool { return part.evaluate(env) }
	switch n.join {
	case "or":
		return slices.ContainsFunc(n.parts, holds)
	case "and":
		return !slices.ContainsFunc(n.parts, func(part node) bool { return !holds(part) })
	}
	return n.compare(env)
}

func (n node) compare(env Environment) bool {
	variable := n.left.variable + n.right.variable
	switch variable {
	case extraVariable:
		return n.compareExtra(env.Extras)
	case extrasVariable:
		return slices.Contains(env.Extras, Name(n.left.literal)) == (n.operator == "in")
	case groupsVariable:
		return slices.Contains(env.DependencyGroups, Name(n.left.literal)) == (n.operator == "in")
	}
	left, right := n.left.value(env), n.right.value(env)
	if versionVariables[variable] {
		if holds, ok := compareVersions(left, n.operator, right); ok {
			return holds
		}
	}
	return compareText(left, n.operator, right)
}

func (o operand) value(env Environment) string {
	if o.variable == "" {
		return o.literal
	}
	return variables[o.variable](env)
}

// compareExtra asks whether one of the active extras fits; a negated operator asks whether none does. Tools that install
// several extras at once depend on it: extra != 'cpu' must not hold when cpu is one of two.
func (n node) compareExtra(active []Name) bool {
	operator, negated := n.operator, false
	switch operator {
	case "!=":
		operator, negated = "==", true
	case "not in":
		operator, negated = "in", true
	}
	fits := slices.ContainsFunc(active, func(name Name) bool {
		if n.left.variable != "" {
			return compareText(string(name), operator, n.right.literal)
		}
		return compareText(n.left.literal, operator, string(name))
	})
	return fits != negated
}

// compareVersions is not ok when operator and right are no version specifier; then the texts are compared. When left is no
// version, nothing about it holds, not even that it differs.
func compareVersions(left, operator, right string) (holds, ok bool) {
	if operator == "===" {
		return strings.EqualFold(left, strings.TrimSpace(right)), true
	}
	if strings.Contains(right, ",") {
		return false, false // one comparison, not a list of them
	}
	specifiers, err := pep440.ParseSpecifiers(operator + right)
	if err != nil {
		return false, false
	}
	version, err := pep440.Parse(left)
	return err == nil && specifiers.ContainsPre(version), true
}

// compareText has no order: <= and >= only hold between equal texts, < and > never.
func compareText(left, operator, right string) bool {
	switch operator {
	case "==", "<=", ">=":
		return left == right
	case "!=":
		return left != right
	case "in":
		return strings.Contains(right, left)
	case "not in":
		return !strings.Contains(right, left)
	}
	return false
}

// String gives the marker with one spelling of variables and quotes, and only the parentheses it needs.
func (m Marker) String() string {
	if m.root == nil {
		return ""
	}
	return m.root.String()
}

func (n node) String() string {
	if n.join == "" {
		return n.left.String() + " " + n.operator + " " + n.right.String()
	}
	var parts []string
	for _, part := range n.parts {
		text := part.String()
		if part.join == "or" {
			text = "(" + text + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " "+n.join+" ")
}

func (o operand) String() string {
	switch {
	case o.variable != "":
		return o.variable
	case strings.Contains(o.literal, `"`):
		return "'" + o.literal + "'"
	}
	return `"` + o.literal + `"`
}
