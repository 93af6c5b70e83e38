package lock

import (
	"maps"
	"slices"

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
	out := Dependency{Name: pep508.NewName(name), Extras: pep508.NewNames(d.Extras)}
	entries := w.entries[out.Name]
	if d.Markers == neverHolds || len(entries) == 0 && slices.Contains(neverLocked, out.Name) {
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
