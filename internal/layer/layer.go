// Package layer decides which package goes into which layer of the image, as a pure function of the packages alone: history,
// order and machine do not matter, so every build of the same lock gives the same layers. What a layer's name and
// reuse look like on disk is build's business.
package layer

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Unit is one package as far as layering needs to know it.
type Unit struct {
	Name  pep508.Name
	Size  int64    // bytes installed, bytecode not counted
	Roots []string // top-most directories that belong to few: regular packages (they hold __init__.py), and what no import finds; relative to site-packages
	Dirs  []string // top-most directories with files of the package outside of its roots
	Alone bool     // changes at a pace of its own (built from a directory of the app): a layer of its own at any size, unless too many are

	// What the headers of its native libraries say, as paths relative to site-packages.
	Needs     []string // names of libraries that it does not hold itself
	Reaches   []string // directories that they are looked for in
	Libraries []string // shared libraries that others could look for
}

// Group is the packages that share a layer, sorted by name.
type Group struct {
	Layer string
	Names []pep508.Name
	Loans []Loan // libraries of other layers, sorted by path
}

// All is the layer of all packages when they are not split. The light ones have one of a few layers, whose names begin with it.
const All = "packages"

const (
	threshold = 1 << 20 // bytes from which a package has a layer of its own
	most      = 80      // layers of heavy packages; overlay2 refuses 125 in an image, base image and app included
	buckets   = 6       // layers of light packages
)

// Plan groups units. Packages that cannot stand apart (they own files of the same regular package) share a layer. The threshold
// doubles until there are few enough layers. Light packages go to a bucket that their name alone decides. With split false
// everything is in one layer.
func Plan(units []Unit, split bool) []Group {
	joined := join(units)
	heavy := bounded(joined)
	names := map[string][]pep508.Name{}
	for _, c := range joined {
		to := All
		switch {
		case split && heavy(c):
			to = Name(c.names[0])
		case split:
			to = bucket(c.names[0])
		}
		names[to] = append(names[to], c.names...)
	}
	var groups []Group
	for _, to := range slices.Sorted(maps.Keys(names)) {
		slices.Sort(names[to])
		groups = append(groups, Group{Layer: to, Names: names[to]})
	}
	borrow(units, groups)
	return groups
}

// Holds tells whether a layer of this name holds packages.
func Holds(name string) bool {
	return name == All || strings.HasPrefix(name, All+"-") || strings.HasPrefix(name, own)
}

// bucket is the layer of a light package.
func bucket(n pep508.Name) string {
	sum := sha256.Sum256([]byte(n))
	return fmt.Sprintf("%s-%d", All, binary.BigEndian.Uint64(sum[:])%buckets+1)
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
func Name(n pep508.Name) string { return own + string(n) }

const own = "pkg-"

type cluster struct {
	names []pep508.Name
	size  int64
	alone bool
}

// join clusters the units that cannot stand apart, sorted by their first name.
func join(units []Unit) []cluster {
	units = slices.SortedFunc(slices.Values(units), func(a, b Unit) int { return strings.Compare(string(a.Name), string(b.Name)) })
	sets := together(units)
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

// together puts the units into one set that have something in the same root.
func together(units []Unit) sets {
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
	return sets
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
