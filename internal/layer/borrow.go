package layer

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Loan is a shared library of another layer that a layer needs a link to.
type Loan struct {
	Path  string // of the library and of the link, relative to site-packages
	Layer string // that holds the library
}

// borrow lists what the native libraries of a group's packages look for in directories of packages of other layers. The dynamic
// linker follows paths that are relative to the library (RUNPATH $ORIGIN/../../nvidia/cublas/lib), so a link at the same place in
// the layer leads it to the other one. What a borrowed library needs in turn is borrowed too.
func borrow(units []Unit, groups []Group) {
	m := market{units: map[pep508.Name]Unit{}, layers: map[pep508.Name]string{}, holders: map[string][]pep508.Name{}}
	for _, u := range units {
		m.units[u.Name] = u
		for _, library := range u.Libraries {
			m.holders[library] = append(m.holders[library], u.Name)
		}
	}
	for _, g := range groups {
		for _, name := range g.Names {
			m.layers[name] = g.Layer
		}
	}
	for i := range groups {
		groups[i].Loans = m.loans(groups[i])
	}
}

// market knows who has which library.
type market struct {
	units   map[pep508.Name]Unit
	layers  map[pep508.Name]string
	holders map[string][]pep508.Name // of a library's path
}

func (m market) loans(g Group) []Loan {
	lenders, taken := map[pep508.Name]bool{}, map[string]bool{}
	for _, name := range g.Names {
		m.reach(name, lenders)
		for _, library := range m.units[name].Libraries {
			taken[library] = true
		}
	}
	var loans []Loan
	for _, name := range slices.Sorted(maps.Keys(lenders)) {
		for _, library := range m.units[name].Libraries {
			if m.layers[name] != g.Layer && !taken[library] {
				taken[library] = true
				loans = append(loans, Loan{library, m.layers[name]})
			}
		}
	}
	slices.SortFunc(loans, func(a, b Loan) int { return strings.Compare(a.Path, b.Path) })
	return loans
}

// reach adds a package and all those that hold what its libraries need, directly or not.
func (m market) reach(name pep508.Name, seen map[pep508.Name]bool) {
	if seen[name] {
		return
	}
	seen[name] = true
	for _, dir := range m.units[name].Reaches {
		for _, library := range m.units[name].Needs {
			for _, holder := range m.holders[path.Join(dir, library)] {
				m.reach(holder, seen)
			}
		}
	}
}
