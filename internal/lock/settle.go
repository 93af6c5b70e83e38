package lock

import (
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// settled leaves one entry of each name where several versions are locked and only the constraints on the ways to them tell
// which is meant (Poetry before 2.1): the newest that is for this Python and that all ways which hold here allow. What rules an
// entry out can change the ways, so all is walked anew until nothing is ruled out.
func (l Lock) settled(markers pep508.Environment) Lock {
	candidates := map[pep508.Name][]*Entry{}
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Condition.Evaluate(markers) {
			candidates[e.Name] = append(candidates[e.Name], e)
		}
	}
	entries := l.byName()
	for _, list := range candidates {
		slices.SortStableFunc(list, func(a, b *Entry) int { return compareVersions(b.Version, a.Version) })
	}
	for range maxSettling {
		ruledOut := l.ruledOut(candidates, entries, markers)
		if ruledOut == "" {
			return l.only(candidates, entries)
		}
		candidates[ruledOut] = candidates[ruledOut][1:]
	}
	return l
}

const maxSettling = 1000

// ruledOut walks along everything that holds, with the first candidate of each name, and gives the first name whose candidate
// is not allowed, of those that are locked in several versions.
func (l Lock) ruledOut(candidates, entries map[pep508.Name][]*Entry, markers pep508.Environment) pep508.Name {
	reached := map[place]bool{}
	type step struct {
		Dependency
		extra pep508.Name
	}
	var queue []step
	add := func(list []Dependency, extra pep508.Name) {
		for _, d := range list {
			queue = append(queue, step{d, extra})
		}
	}
	for add(l.Roots, ""); len(queue) > 0; queue = queue[1:] {
		d := queue[0]
		markers.Extras = append(slices.Clone(l.Active), d.extra)
		if len(candidates[d.Name]) == 0 || !d.Marker.Evaluate(markers) {
			continue
		}
		e := candidates[d.Name][0]
		if len(entries[d.Name]) > 1 && !d.leadsTo(e) {
			return d.Name
		}
		for _, extra := range append([]pep508.Name{""}, d.Extras...) {
			if at := (place{e, extra}); !reached[at] {
				reached[at] = true
				if extra == "" {
					add(e.Dependencies, "")
				} else {
					add(e.Extras[extra], extra)
				}
			}
		}
	}
	return ""
}

func (d Dependency) leadsTo(e *Entry) bool {
	if d.Source != "" {
		return d.Source == e.Source
	}
	version, err := pep440.Parse(e.Version)
	return err != nil || constraint(d.Allows).admits(version)
}

// only keeps, of the names that have several entries, the one that is left. Entries that are not for this Python stay where they
// are the only one of their name: Poetry installs these too.
func (l Lock) only(candidates, entries map[pep508.Name][]*Entry) Lock {
	kept := l
	kept.Entries = nil
	for i := range l.Entries {
		e := &l.Entries[i]
		left := candidates[e.Name]
		if len(entries[e.Name]) == 1 || len(left) > 0 && left[0] == e {
			kept.Entries = append(kept.Entries, *e)
		}
	}
	return kept
}

func compareVersions(a, b string) int {
	va, errA := pep440.Parse(a)
	vb, errB := pep440.Parse(b)
	if errA != nil || errB != nil {
		return strings.Compare(a, b)
	}
	return va.Compare(vb)
}
