package start

import "slices"

// statement is a logical line of Python with what is indented below it.
type statement struct {
	line   int
	indent int
	tokens []token
	body   []*statement
}

// nest puts the statements below those that they are indented under. What follows a colon on the same line is split off.
func nest(list []*statement) []*statement {
	var roots []*statement
	var path []*statement
	for _, one := range list {
		for len(path) > 0 && path[len(path)-1].indent >= one.indent {
			path = path[:len(path)-1]
		}
		if len(path) == 0 {
			roots = append(roots, one)
		} else {
			parent := path[len(path)-1]
			parent.body = append(parent.body, one)
		}
		if rest := inline(one); rest != nil {
			one.body = append(one.body, rest)
		}
		path = append(path, one)
	}
	return roots
}

var compound = set("if elif else for while try except finally with def class async match case")

// inline splits "if x: y" into its header and the statement y.
func inline(one *statement) *statement {
	if one.tokens[0].kind != 'n' || !compound[one.tokens[0].text] {
		return nil
	}
	depth := 0
	for i, t := range one.tokens {
		switch {
		case t.kind != 'o':
		case closing[t.text] != "":
			depth++
		case t.text == ")" || t.text == "]" || t.text == "}":
			depth--
		case t.text == ":" && depth == 0 && !slices.ContainsFunc(one.tokens[:i], func(t token) bool { return t.is("lambda") }):
			rest := one.tokens[i+1:]
			one.tokens = one.tokens[:i]
			if len(rest) == 0 {
				return nil
			}
			return &statement{line: rest[0].line, indent: one.indent + 1, tokens: rest}
		}
	}
	return nil
}
