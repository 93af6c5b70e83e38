package layer_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/pep508"
)

// random makes units with sizes around the threshold, some of which share directories.
func random(r *rand.Rand, count int) []layer.Unit {
	var units []layer.Unit
	for i := range count {
		u := unit(fmt.Sprintf("p%d", i), r.Int64N(int64(1)<<(12+r.IntN(16))), fmt.Sprintf("own%d", i))
		dir := fmt.Sprintf("space%d/part%d", r.IntN(count), r.IntN(3))
		switch r.IntN(6) {
		case 0:
			u.Roots = append(u.Roots, dir)
		case 1:
			u.Dirs = append(u.Dirs, dir+"/plugin")
		case 2:
			u.Dirs = append(u.Dirs, fmt.Sprintf("space%d", r.IntN(count)))
		case 3:
			u.Roots = append(u.Roots, fmt.Sprintf("space%d", r.IntN(count*4)))
		case 4:
			u.Alone = r.IntN(20) == 0
		}
		for range r.IntN(3) {
			other := r.IntN(count)
			u.Needs = append(u.Needs, fmt.Sprintf("lib%d.so", other))
			u.Reaches = append(u.Reaches, fmt.Sprintf("own%d", other))
		}
		if r.IntN(2) == 0 {
			u.Libraries = []string{fmt.Sprintf("own%d/lib%d.so", i, i)}
		}
		units = append(units, u)
	}
	return units
}

// share is the rule in its plainest form: a directory of one is a root of the other, or stands below it.
func share(a, b layer.Unit) bool {
	under := func(a, b layer.Unit) bool {
		for _, dir := range slices.Concat(a.Roots, a.Dirs) {
			for _, root := range b.Roots {
				if strings.HasPrefix(dir+"/", root+"/") {
					return true
				}
			}
		}
		return false
	}
	return under(a, b) || under(b, a)
}

func byName(groups []layer.Group) map[pep508.Name]string {
	where := map[pep508.Name]string{}
	for _, g := range groups {
		for _, name := range g.Names {
			where[name] = g.Layer
		}
	}
	return where
}

func testProperties(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// eachSeed checks a property of a hundred random sets of packages.
	eachSeed := func(check func(*rand.Rand, []layer.Unit)) {
		for seed := range uint64(100) {
			r := rand.New(rand.NewPCG(seed, 125))
			check(r, random(r, r.IntN(60)))
		}
	}

	it("does not depend on the order of the packages, and does not change it", func() {
		eachSeed(func(r *rand.Rand, units []layer.Unit) {
			want := layer.Plan(units, true)
			r.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
			before := slices.Clone(units)
			Expect(layer.Plan(units, true)).To(Equal(want))
			Expect(units).To(Equal(before))
		})
	})

	it("puts each package into one layer, sorted", func() {
		for _, split := range []bool{true, false} {
			eachSeed(func(_ *rand.Rand, units []layer.Unit) {
				groups := layer.Plan(units, split)
				count := 0
				for _, g := range groups {
					count += len(g.Names)
					Expect(g.Names).NotTo(BeEmpty())
					Expect(slices.IsSorted(g.Names)).To(BeTrue())
				}
				Expect(count).To(Equal(len(units)))
				Expect(byName(groups)).To(HaveLen(len(units)))
				Expect(slices.IsSortedFunc(groups, func(a, b layer.Group) int { return strings.Compare(a.Layer, b.Layer) })).To(BeTrue())
			})
		}
	})

	it("never parts packages that share a root", func() {
		eachSeed(func(_ *rand.Rand, units []layer.Unit) {
			where := byName(layer.Plan(units, true))
			for _, a := range units {
				for _, b := range units {
					if share(a, b) {
						Expect(where[a.Name]).To(Equal(where[b.Name]), "%+v and %+v", a, b)
					}
				}
			}
		})
	})

	it("keeps a heavy package from all that it shares nothing with", func() {
		eachSeed(func(_ *rand.Rand, units []layer.Unit) {
			for _, g := range layer.Plan(units, true) {
				if light(g.Layer) {
					continue
				}
				reached := map[pep508.Name]bool{g.Names[0]: true}
				for range g.Names {
					for _, a := range units {
						for _, b := range units {
							reached[b.Name] = reached[b.Name] || reached[a.Name] && share(a, b)
						}
					}
				}
				for _, name := range g.Names {
					Expect(reached[name]).To(BeTrue(), "%s in %s", name, g.Layer)
				}
			}
		})
	})

	it("moves no other package when one is added that shares nothing", func() {
		eachSeed(func(r *rand.Rand, units []layer.Unit) {
			before := byName(layer.Plan(units, true))
			added := unit("new", r.Int64N(1<<24), "new")
			after := byName(layer.Plan(append(units, added), true))
			delete(after, added.Name)
			Expect(after).To(Equal(before))
		})
	})

	it("moves only those that share something when one is added that does", func() {
		eachSeed(func(r *rand.Rand, units []layer.Unit) {
			if len(units) == 0 {
				return
			}
			near := units[r.IntN(len(units))]
			before := layer.Plan(units, true)
			added := unit("a-new", r.Int64N(1<<24), near.Roots[0])
			after := byName(layer.Plan(append(units, added), true))
			for _, u := range units {
				if after[u.Name] != after[near.Name] && byName(before)[u.Name] != byName(before)[near.Name] {
					Expect(after[u.Name]).To(Equal(byName(before)[u.Name]))
				}
			}
		})
	})

	it("makes few enough layers of many packages, with names that the lifecycle takes", func() {
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 500))
			units := random(r, 500)
			for i := range units {
				units[i].Size <<= r.IntN(6)
			}
			groups := layer.Plan(units, true)
			heavy := 0
			for _, g := range groups {
				if !light(g.Layer) {
					heavy++
				}
				Expect(g.Layer).To(MatchRegexp(`^[a-z0-9-]+$`))
				Expect([]string{"build", "launch", "store"}).NotTo(ContainElement(g.Layer))
			}
			Expect(heavy).To(BeNumerically("<=", most))
		}
	})

	it("lends each layer what its libraries look for elsewhere, directly or not, and nothing else", func() {
		eachSeed(func(_ *rand.Rand, units []layer.Unit) {
			groups := layer.Plan(units, true)
			where := byName(groups)
			for _, g := range groups {
				want := map[string]string{}
				seen := slices.Clone(g.Names)
				for i := 0; i < len(seen); i++ {
					for _, a := range units {
						for _, b := range units {
							if a.Name != seen[i] || len(b.Libraries) == 0 || !slices.ContainsFunc(a.Needs, func(n string) bool {
								return strings.HasSuffix(b.Libraries[0], "/"+n)
							}) {
								continue
							}
							if where[b.Name] != g.Layer {
								want[b.Libraries[0]] = where[b.Name]
							}
							if !slices.Contains(seen, b.Name) {
								seen = append(seen, b.Name)
							}
						}
					}
				}
				got := map[string]string{}
				for _, loan := range g.Loans {
					got[loan.Path] = loan.Layer
				}
				Expect(got).To(Equal(want))
				Expect(g.Loans).To(HaveLen(len(want)))
			}
		})
	})
}
