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

// ParseMarker reads a marker. Its errors are *SyntaxError.
func ParseMarker(text string) (Marker, error) {
	return (&scanner{text: text}).marker()
}

// maxDepth bounds nested parentheses, and with them the stack that hostile text can use.
const maxDepth = 100

func (s *scanner) marker() (Marker, error) {
	root, err := s.disjunction(0)
	if err != nil {
		return Marker{}, err
	}
	if !s.done() {
		return Marker{}, s.expected("and, or, or the end of the marker")
	}
	return Marker{&root}, nil
}

func (s *scanner) disjunction(depth int) (node, error) { return s.joined("or", depth, s.conjunction) }

func (s *scanner) conjunction(depth int) (node, error) { return s.joined("and", depth, s.atom) }

func (s *scanner) joined(word string, depth int, read func(int) (node, error)) (node, error) {
	var parts []node
	for {
		part, err := read(depth)
		if err != nil {
			return node{}, err
		}
		if part.join == word {
			parts = append(parts, part.parts...)
		} else {
			parts = append(parts, part)
		}
		s.blanks()
		if !s.takeWord(word) {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return node{join: word, parts: parts}, nil
}

func (s *scanner) atom(depth int) (node, error) {
	s.blanks()
	if !s.take("(") {
		return s.comparison()
	}
	if depth == maxDepth {
		return node{}, s.expected("no more nested parentheses")
	}
	inner, err := s.disjunction(depth + 1)
	if err != nil {
		return node{}, err
	}
	if !s.take(")") {
		return node{}, s.expected("and, or, or a closing parenthesis")
	}
	return inner, nil
}

func (s *scanner) comparison() (node, error) {
	start := s.at
	var n node
	var err error
	if n.left, err = s.operand(); err != nil {
		return node{}, err
	}
	if n.operator, err = s.operator(); err != nil {
		return node{}, err
	}
	if n.right, err = s.operand(); err != nil {
		return node{}, err
	}
	if problem := n.problem(); problem != "" {
		return node{}, s.expectedAt(start, problem)
	}
	n.normalize()
	return n, nil
}

func (s *scanner) operand() (operand, error) {
	s.blanks()
	for _, quote := range []string{`"`, `'`} {
		if rest, ok := strings.CutPrefix(s.rest(), quote); ok {
			literal, _, ok := strings.Cut(rest, quote)
			if !ok {
				return operand{}, s.expected("a string that ends with " + quote)
			}
			s.at += len(literal) + 2
			return operand{literal: literal}, nil
		}
	}
	return s.variable()
}

func (s *scanner) variable() (operand, error) {
	start := s.at
	word := s.takeWhile(func(r rune) bool { return isWord(r) || r == '.' })
	if name, ok := legacy[word]; ok {
		word = name
	}
	if variables[word] == nil && !slices.Contains([]string{extraVariable, extrasVariable, groupsVariable}, word) {
		return operand{}, s.expectedAt(start, "a marker variable such as python_version, or a quoted string")
	}
	return operand{variable: word}, nil
}

func (s *scanner) operator() (string, error) {
	s.blanks()
	start := s.at
	if s.takeWord("in") {
		return "in", nil
	}
	if s.takeWord("not") && s.blanks() && s.takeWord("in") {
		return "not in", nil
	}
	s.at = start
	for _, symbol := range []string{"===", "==", "~=", "!=", "<=", ">=", "<", ">"} {
		if s.take(symbol) {
			return symbol, nil
		}
	}
	return "", s.expected("one of ==, !=, <=, >=, <, >, ~=, ===, in, not in")
}

// problem says what a well-formed comparison that has no meaning should have been.
func (n *node) problem() string {
	variable := n.left.variable + n.right.variable
	switch {
	case (n.left.variable == "") == (n.right.variable == ""):
		return "a variable on one side and a quoted string on the other"
	case variable != extrasVariable && variable != groupsVariable:
		return ""
	case n.left.variable != "" || n.operator != "in" && n.operator != "not in":
		return `"name" in ` + variable + ` or "name" not in ` + variable
	}
	return ""
}

func (n *node) normalize() {
	switch n.left.variable + n.right.variable {
	case extraVariable, extrasVariable, groupsVariable:
		n.left.literal = string(NewName(n.left.literal))
		n.right.literal = string(NewName(n.right.literal))
	}
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
