package start

import "strings"

// place is where a name leads: out of the app, or to a binding in it.
type place struct {
	outside string // the dotted name, if it is not the app's
	module  *module
	name    string
	rest    string // attributes behind it
}

// lookup follows a dotted name through the scopes and imports.
func (t *tree) lookup(m *module, inner *scope, name string, depth int) place {
	first, rest, _ := strings.Cut(name, ".")
	if inner != nil {
		if list := inner.names[first]; list != nil {
			if b := list[len(list)-1]; b.imported != "" {
				return t.follow(m, b.imported, rest, depth)
			}
			return place{module: m, name: name}
		}
	}
	list := m.names[first]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].imported == "" {
			return place{module: m, name: first, rest: rest}
		}
		if at := t.follow(m, list[i].imported, rest, depth); at.outside == "" && at.module != nil || i == 0 || maker(at.outside) != nil {
			return at
		}
	}
	for _, star := range m.stars {
		if file := t.locate(m, star); file != "" && depth < maxDepth {
			if other := t.module(file); other.names[first] != nil {
				return t.lookup(other, nil, name, depth+1)
			}
		} else if maker(star+"."+name) != nil {
			return place{outside: star + "." + name}
		}
	}
	return place{}
}

// follow looks an imported name up in the module that it comes from.
func (t *tree) follow(m *module, imported, rest string, depth int) place {
	if depth > maxDepth {
		return place{}
	}
	full := imported
	if rest != "" {
		full = join(imported, rest)
	}
	parts := strings.Split(strings.TrimLeft(full, "."), ".")
	dots := full[:len(full)-len(strings.TrimLeft(full, "."))]
	// The longest part that names a file is the module, the next one is bound in it.
	for n := len(parts); n >= 0; n-- {
		prefix := dots + strings.Join(parts[:n], ".")
		if prefix == "" {
			break
		}
		file := t.locate(m, prefix)
		if file == "" {
			continue
		}
		if n == len(parts) {
			return place{module: t.module(file)}
		}
		return t.lookup(t.module(file), nil, strings.Join(parts[n:], "."), depth+1)
	}
	if dots != "" {
		return place{}
	}
	return place{outside: full}
}
