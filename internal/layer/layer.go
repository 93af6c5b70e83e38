// Package layer decides which package goes into which layer of the image, as a pure function of the packages alone: history,
// order and machine do not matter, so every build of the same lock gives the same layers. What a layer's name and
// reuse look like on disk is build's business.
package layer

import (
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Unit is one package as far as layering needs to know it.
type Unit struct {
	Name  pep508.Name
	Size  int64    // bytes installed, bytecode not counted
	Roots []string // top-most directories that are regular packages (they hold __init__.py), relative to site-packages
	Dirs  []string // top-most directories with files of the package outside of its roots
	Alone bool     // changes at a pace of its own (built from a directory of the app): a layer of its own at any size
}

// Group is the packages that share a layer, sorted by name.
type Group struct {
	Layer string
	Names []pep508.Name
}

// Light is the layer of all packages that are not heavy enough for one of their own.
const Light = "packages"

const (
	threshold = 1 << 20 // bytes from which a package has a layer of its own
	most      = 80      // layers of heavy packages; overlay2 refuses 125 in an image, base image and app included
)

// Plan groups units. Packages that cannot stand apart (they own files of the same regular package) share a layer. Light groups
// go to Light. The threshold doubles until there are few enough layers. With split false everything is in Light.
func Plan(units []Unit, split bool) []Group {
	joined := join(units)
	limit := int64(threshold)
	heavy := func() (n int) {
		for _, g := range joined {
			if g.heavy(limit) {
				n++
			}
		}
		return n
	}
	for heavy() > most {
		limit *= 2
	}
	light := Group{Layer: Light}
	var groups []Group
	for _, g := range joined {
		if split && g.heavy(limit) {
			groups = append(groups, Group{Layer: Name(g.names[0]), Names: g.names})
		} else {
			light.Names = append(light.Names, g.names...)
		}
	}
	if len(light.Names) > 0 {
		sort.Slice(light.Names, func(i, j int) bool { return light.Names[i] < light.Names[j] })
		groups = append(groups, light)
	}
	sort.Slice(groups, func(i, j int) bool { return groups[i].Layer < groups[j].Layer })
	return groups
}

// Name is the layer of a heavy package. A dot would end a layer's name early (CNB spec, SBOM file names), and a normalized
// name has none.
func Name(n pep508.Name) string { return "pkg-" + string(n) }

type cluster struct {
	names []pep508.Name
	size  int64
	alone bool
}

func (c cluster) heavy(limit int64) bool { return c.alone || c.size >= limit }

// join clusters the units that cannot stand apart, sorted by their first name.
func join(units []Unit) []cluster {
	units = append([]Unit(nil), units...)
	sort.Slice(units, func(i, j int) bool { return units[i].Name < units[j].Name })
	parent := make([]int, len(units))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	owners := map[string]int{} // root directory → first unit that owns it
	for i, u := range units {
		for _, root := range u.Roots {
			if first, ok := owners[root]; ok {
				parent[find(i)] = find(first)
			} else {
				owners[root] = i
			}
		}
	}
	for i, u := range units {
		for _, dir := range slices.Concat(u.Roots, u.Dirs) {
			for ; dir != ""; dir = up(dir) {
				if owner, ok := owners[dir]; ok {
					a, b := find(i), find(owner)
					parent[max(a, b)] = min(a, b)
				}
			}
		}
	}
	clusters := map[int]*cluster{}
	var order []int
	for i, u := range units {
		root := find(i)
		if clusters[root] == nil {
			clusters[root] = &cluster{}
			order = append(order, root)
		}
		c := clusters[root]
		c.names, c.size, c.alone = append(c.names, u.Name), c.size+u.Size, c.alone || u.Alone
	}
	out := make([]cluster, 0, len(order))
	for _, root := range order {
		out = append(out, *clusters[root])
	}
	return out
}

func up(dir string) string {
	i := strings.LastIndex(dir, "/")
	return dir[:max(i, 0)]
}
