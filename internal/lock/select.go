package lock

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/wheel"
)

// Environment is what a lock is evaluated for.
type Environment struct {
	Markers pep508.Environment
	Tags    wheel.Tags
	Python  pep440.Version
}

// Select walks from the roots along every dependency whose marker holds and gives the packages reached, sorted by name, each
// with the one artifact that fits best. It is exact: nothing that is not reached is in the result. What a file says of the
// environments it was made for is checked first.
func Select(l Lock, env Environment) ([]Package, error) {
	env.Markers.DependencyGroups = l.Groups
	if err := l.suits(env); err != nil {
		return nil, err
	}
	if l.Unsettled {
		l = l.settled(env.Markers)
	}
	s := selection{file: l.File, env: env, entries: l.byName(), reached: map[place]bool{}, versions: map[pep508.Name]*Entry{}}
	s.active = s.activated(l)
	if err := l.exclusive(s.active); err != nil {
		return nil, err
	}
	for _, root := range l.Roots {
		if err := s.follow(root, nil); err != nil {
			return nil, err
		}
	}
	packages := make([]Package, 0, len(s.versions))
	for _, name := range slices.Sorted(maps.Keys(s.versions)) { // sorted for the error to be the same each time
		if s.versions[name].Virtual {
			continue
		}
		p, err := s.versions[name].evaluate(l.File, env)
		if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
	return packages, l.drifted(packages, env)
}

// drifted compares what is selected with what the manifest requires.
func (l Lock) drifted(packages []Package, env Environment) error {
	versions := map[pep508.Name]string{}
	for _, p := range packages {
		versions[p.Name] = p.Version
	}
	var drift []string
	for _, r := range l.Direct {
		if !r.Marker.Evaluate(env.Markers) {
			continue
		}
		r.Marker, r.Raw = pep508.Marker{}, string(r.Name)
		version, there := versions[r.Name]
		parsed, err := pep440.Parse(version)
		switch {
		case !there:
			drift = append(drift, fmt.Sprintf("%s is required by pyproject.toml and not in %s", r, l.File))
		case err == nil && !r.Specifiers.ContainsPre(parsed):
			drift = append(drift, fmt.Sprintf("pyproject.toml requires %s, %s has %s", r, l.File, version))
		}
	}
	if len(drift) > 0 {
		return stalePylock(l.File, l.Relock, drift)
	}
	return nil
}

// suits tells whether the file was made for this Python and platform.
func (l Lock) suits(env Environment) error {
	if !admits(l.Python, env.Python) {
		return wrongPython(l.File, l.PyWhere, "", l.Python, env.Python)
	}
	if len(l.Environments) > 0 && !slices.ContainsFunc(l.Environments, func(m pep508.Marker) bool { return m.Evaluate(env.Markers) }) {
		return wrongEnvironment(l, env)
	}
	return nil
}

// admits tells whether a specifier takes a Python; what is no specifier does not tell.
func admits(specifiers string, python pep440.Version) bool {
	parsed, err := pep440.ParseSpecifiers(specifiers)
	return err != nil || parsed.ContainsPre(python)
}

// exclusive tells whether what is active may be active together.
func (l Lock) exclusive(active []pep508.Name) error {
	for _, set := range l.Conflicts {
		both := slices.DeleteFunc(slices.Clone(set), func(e Exclusive) bool { return !slices.Contains(active, e.Active) })
		if len(both) > 1 {
			return exclude(l.File, both)
		}
	}
	return nil
}

type selection struct {
	file     string
	env      Environment
	entries  map[pep508.Name][]*Entry
	active   []pep508.Name
	reached  map[place]bool
	versions map[pep508.Name]*Entry
}

// place is an entry, or one of its extras.
type place struct {
	entry *Entry
	extra pep508.Name
}

func (l Lock) byName() map[pep508.Name][]*Entry {
	entries := make(map[pep508.Name][]*Entry, len(l.Entries))
	for i := range l.Entries {
		e := &l.Entries[i]
		entries[e.Name] = append(entries[e.Name], e)
	}
	return entries
}

func (s *selection) follow(d Dependency, extras []pep508.Name) error {
	markers := s.env.Markers
	markers.Extras = slices.Concat(s.active, extras)
	if !d.Marker.Evaluate(markers) {
		return nil
	}
	entry := s.entry(d)
	if entry == nil {
		return noEntry(s.file, d)
	}
	if other := s.versions[d.Name]; other != nil && other != entry {
		return twoVersions(s.file, other, entry)
	}
	s.versions[d.Name] = entry
	if err := s.expand(place{entry: entry}, entry.Dependencies); err != nil {
		return err
	}
	for _, extra := range d.Extras {
		if err := s.expand(place{entry, extra}, entry.Extras[extra]); err != nil {
			return err
		}
	}
	return nil
}

// expand follows the dependencies of an entry, or of one of its extras, once.
func (s *selection) expand(at place, dependencies []Dependency) error {
	if s.reached[at] {
		return nil
	}
	s.reached[at] = true
	var extras []pep508.Name
	if at.extra != "" {
		extras = append(extras, at.extra)
	}
	for _, dependency := range dependencies {
		if err := s.follow(dependency, extras); err != nil {
			return err
		}
	}
	return nil
}

// activated finds what is active once everything is followed: a marker may exclude what an extra brings that is only met
// later. So, as uv does, everything is walked once for the extras alone, breadth first, before the walk that selects.
func (s *selection) activated(l Lock) []pep508.Name {
	active, reached, markers := slices.Clone(l.Active), map[place]bool{}, s.env.Markers
	if !l.activates() {
		return active
	}
	for queue := slices.Clone(l.Roots); len(queue) > 0; queue = queue[1:] {
		d := queue[0]
		markers.Extras = slices.Concat(active, d.Activates)
		entry := s.entry(d)
		if entry == nil || !d.Marker.Evaluate(markers) {
			continue
		}
		active = markers.Extras
		for _, extra := range append([]pep508.Name{""}, d.Extras...) {
			at := place{entry, extra}
			if reached[at] {
				continue
			}
			reached[at] = true
			if extra == "" {
				queue = append(queue, entry.Dependencies...)
			} else {
				queue = append(queue, entry.Extras[extra]...)
			}
		}
	}
	return active
}

// activates tells whether any dependency does.
func (l Lock) activates() bool {
	activates := func(d Dependency) bool { return len(d.Activates) > 0 }
	return slices.ContainsFunc(l.Roots, activates) || slices.ContainsFunc(l.Entries, func(e Entry) bool {
		for _, dependencies := range e.Extras {
			if slices.ContainsFunc(dependencies, activates) {
				return true
			}
		}
		return slices.ContainsFunc(e.Dependencies, activates)
	})
}

// entry is the one that a dependency leads to, or nil.
func (s *selection) entry(d Dependency) *Entry {
	for _, e := range s.entries[d.Name] {
		if (d.Version == "" || d.Version == e.Version) && (d.Source == "" || d.Source == e.Source) {
			return e
		}
	}
	return nil
}

// evaluate chooses the artifact: the wheel with the best tag, else the sdist, else what the hashes allow.
func (e *Entry) evaluate(file string, env Environment) (Package, error) {
	p := Package{Name: e.Name, Version: e.Version, Index: e.Index, Origin: e.Origin, Hashes: e.Hashes}
	if !admits(e.Python, env.Python) {
		return p, wrongPython(file, "", p.String(), e.Python, env.Python)
	}
	if e.Origin != nil && e.Origin.URL == "" {
		if directory := e.Origin.Directory; directory != "" && !filepath.IsLocal(directory) {
			return p, outside(file, e, directory)
		}
		return p.built(e)
	}
	best := 0
	for i := range e.Wheels {
		rank, ok := env.Tags.Rank(e.Wheels[i].Name)
		if ok && (p.File == nil || rank < best) {
			p.File, best = &e.Wheels[i], rank
		}
	}
	if p.File == nil && e.Sdist != nil {
		p.File, p.IsSdist = e.Sdist, true
	}
	switch {
	case p.File == nil && len(e.Hashes) == 0 && e.NoBuild != nil:
		return Package{}, e.NoBuild
	case p.File == nil && len(e.Hashes) == 0:
		return Package{}, noWheel(file, e, env)
	case p.File != nil && strings.HasPrefix(path.Clean(p.File.URL), "../"):
		return Package{}, outside(file, e, p.File.URL)
	case p.IsSdist:
		return p.built(e)
	}
	return p, nil
}

// built is the package when it has to be built from source.
func (p Package) built(e *Entry) (Package, error) {
	p.Build = e.Build
	return p, e.NoBuild
}
