package pep508

import (
	"slices"
	"strings"
)

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
