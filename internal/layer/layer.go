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
	Alone bool     // changes at a pace of its own (built from a directory of the app): a layer of its own at any size, unless too many are
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
	light := Group{Layer: Light}
	var groups []Group
	joined := join(units)
	heavy := bounded(joined)
	for _, c := range joined {
		if split && heavy(c) {
			groups = append(groups, Group{Layer: Name(c.names[0]), Names: c.names})
		} else {
			light.Names = append(light.Names, c.names...)
		}
	}
	if len(light.Names) > 0 {
		slices.Sort(light.Names)
		groups = append(groups, light)
	}
	sort.Slice(groups, func(i, j int) bool { return groups[i].Layer < groups[j].Layer })
	return groups
}

// bounded gives the rule that makes at most the allowed number of clusters heavy.
func bounded(clusters []cluster) func(cluster) bool {
	alone := few(clusters, func(c cluster) bool { return c.alone })
	for limit := int64(threshold); ; limit *= 2 {
		heavy := func(c cluster) bool { return c.size >= limit || alone && c.alone }
		if few(clusters, heavy) {
			return heavy
		}
	}
}

func few(clusters []cluster, heavy func(cluster) bool) bool {
	count := 0
	for _, c := range clusters {
		if heavy(c) {
			count++
		}
	}
	return count <= most
}

// Name is the layer of a heavy package. A dot would end a layer's name early (CNB spec, SBOM file names), and a normalized
// name has none.
func Name(n pep508.Name) string { return "pkg-" + string(n) }

type cluster struct {
	names []pep508.Name
	size  int64
	alone bool
}

// join clusters the units that cannot stand apart, sorted by their first name.
func join(units []Unit) []cluster {
	units = append([]Unit(nil), units...)
	sort.Slice(units, func(i, j int) bool { return units[i].Name < units[j].Name })
	sets := newSets(len(units))
	owners := map[string]int{} // root directory → the first unit that owns it
	for i := len(units) - 1; i >= 0; i-- {
		for _, root := range units[i].Roots {
			owners[root] = i
		}
	}
	for i, u := range units {
		for _, dir := range slices.Concat(u.Roots, u.Dirs) {
			for ; dir != ""; dir = up(dir) {
				if owner, ok := owners[dir]; ok {
					sets.unite(i, owner)
				}
			}
		}
	}
	var out []cluster
	place := map[int]int{} // set → its cluster in out
	for i, u := range units {
		set := sets.of(i)
		at, ok := place[set]
		if !ok {
			at = len(out)
			place[set], out = at, append(out, cluster{})
		}
		c := &out[at]
		c.names, c.size, c.alone = append(c.names, u.Name), c.size+u.Size, c.alone || u.Alone
	}
	return out
}

func up(dir string) string {
	i := strings.LastIndex(dir, "/")
	return dir[:max(i, 0)]
}

// sets holds disjoint sets of numbers: each number leads to another of its set, the one that stands for all to itself.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) of(i int) int {
	for s[i] != i {
		i = s[i]
	}
	return i
}

func (s sets) unite(i, j int) { s[s.of(i)] = s.of(j) }
