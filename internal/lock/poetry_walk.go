package lock

import (
	"maps"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// walk makes the manifest's dependencies the roots and those of the packages the ways, for locks that do not say what belongs to
// which group. Where there are several versions of a name, the constraints on the way decide (see Lock.settled).
func (l poetryLock) walk(into *Lock, manifest poetryManifest, want Request) error {
	into.Unsettled = true
	w := poetryWalk{file: into.File, entries: map[pep508.Name][]*Entry{}, markers: map[pep508.Name]string{}}
	for _, p := range l.Packages {
		entry, err := l.entry(into.File, p)
		if err != nil {
			return err
		}
		if entry.Condition, err = p.installable(); err != nil {
			return badMarker(into.File, p.Name, err)
		}
		into.Entries = append(into.Entries, entry)
		w.markers[entry.Name] = p.Marker
	}
	for i := range into.Entries {
		e := &into.Entries[i]
		w.entries[e.Name] = append(w.entries[e.Name], e)
	}
	for i, p := range l.Packages {
		if err := w.expand(&into.Entries[i], p); err != nil {
			return err
		}
	}
	var err error
	into.Roots, err = w.roots(manifest, want)
	return err
}

type poetryWalk struct {
	file    string
	entries map[pep508.Name][]*Entry
	markers map[pep508.Name]string // 1.0 has what all ways to a package hang on at the package alone
}

// installable is the Pythons that a package is for, and in 1.0 all that the ways to it hang on.
func (p poetryPackage) installable() (pep508.Marker, error) {
	python, err := parsePython(p.Python)
	if err != nil {
		python = nil // Poetry does not read what it has locked so strictly
	}
	return readMarker(allOf(python.marker(), p.Marker))
}

// expand gives an entry its dependencies. An optional one belongs to the extras that list it.
func (w poetryWalk) expand(e *Entry, p poetryPackage) error {
	e.Extras = map[pep508.Name][]Dependency{}
	wanted := map[pep508.Name][]pep508.Name{} // dependency → extras
	for extra, list := range p.Extras {
		for _, name := range requiredNames(list) {
			wanted[name] = append(wanted[name], pep508.NewName(extra))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Dependencies)) {
		for _, d := range p.Dependencies[name] {
			way, ok, err := w.way(name, d)
			if err != nil {
				return badMarker(w.file, p.Name, err)
			}
			if !ok {
				continue
			}
			if !d.Optional {
				e.Dependencies = append(e.Dependencies, way)
				continue
			}
			for _, extra := range wanted[way.Name] {
				e.Extras[extra] = append(e.Extras[extra], way)
			}
		}
	}
	return nil
}

// neverLocked are what Poetry before 1.3 never locks, since its environments have them.
var neverLocked = []pep508.Name{"distribute", "pip", "setuptools", "wheel"}

// way turns a wish into a dependency; not ok when Poetry leaves it out.
func (w poetryWalk) way(name string, d poetryDependency) (Dependency, bool, error) {
	out := Dependency{Name: pep508.NewName(name), Extras: names(d.Extras)}
	entries := w.entries[out.Name]
	if len(entries) == 0 && slices.Contains(neverLocked, out.Name) {
		return out, false, nil
	}
	marker, err := d.marker()
	if err != nil {
		return out, false, err
	}
	if len(entries) < 2 {
		out.Marker, err = readMarker(allOf(marker, w.markers[out.Name]))
		return out, true, err
	}
	if out.Marker, err = readMarker(marker); err != nil {
		return out, false, err
	}
	for _, source := range []string{d.Source, d.place()} {
		if source != "" && slices.ContainsFunc(entries, func(e *Entry) bool { return e.Source == source }) {
			out.Source = source
		}
	}
	out.Allows, err = parseConstraint(d.Version)
	return out, true, err
}

// roots are the manifest's dependencies, production's first.
func (w poetryWalk) roots(m poetryManifest, want Request) ([]Dependency, error) {
	brought := map[pep508.Name]bool{}
	extras := m.extras()
	for _, extra := range want.Extras {
		for _, name := range extras[extra] {
			brought[name] = true
		}
	}
	var roots []Dependency
	for _, table := range m.tables(want.Groups) {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			for _, d := range table[name] {
				if name == "python" || d.Optional && !brought[pep508.NewName(name)] {
					continue
				}
				root, ok, err := w.way(name, d)
				if err != nil {
					return nil, badPoetryDependency(name, err)
				}
				if ok {
					roots = append(roots, root)
				}
			}
		}
	}
	return roots, nil
}

// tables are the dependencies of production and of groups, as [tool.poetry] has them.
func (m poetryManifest) tables(groups []pep508.Name) []map[string]poetryDependencies {
	poetry := m.Tool.Poetry
	tables := []map[string]poetryDependencies{poetry.Dependencies}
	if slices.Contains(groups, "dev") {
		tables = append(tables, poetry.Dev)
	}
	for _, name := range slices.Sorted(maps.Keys(poetry.Group)) {
		if slices.Contains(groups, pep508.NewName(name)) {
			tables = append(tables, poetry.Group[name].Dependencies)
		}
	}
	return tables
}

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
