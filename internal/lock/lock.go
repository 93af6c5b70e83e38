// Package lock reads lock files and narrows them to what one interpreter gets: bytes of any format → Lock → Select → []Package,
// the evaluated normal form that PEP 751 describes: no markers left, one artifact per package. A format is one file of this
// package, its structs private and shaped like the file. What is done with packages (layers, installing) is not known here.
package lock

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/wheel"
)

// Request is what an image is to hold beyond the app's own production dependencies.
type Request struct {
	Extras []pep508.Name // of the app ([project.optional-dependencies], [tool.poetry.extras])
	Groups []pep508.Name // dependency groups, in Pipfile's words categories
	Member pep508.Name   // the member of a workspace that is the app; empty for the project in the app dir
}

// Reader reads one format: the lock file called name, with the manifest beside it. It checks what the format lets it check
// offline, so a stale lock is an error that names what drifted, and it refuses what is requested and not there.
type Reader func(app fs.FS, name string, want Request) (Lock, error)

// Lock is a lock file in the form that all formats share: entries, and the dependencies that lead to them.
type Lock struct {
	File    string       // name in the app dir, for messages
	Matches string       // the manifest that it was compared with and agrees with; empty where the format cannot tell
	Python  string       // the specifier of Pythons it was made for, as the file writes it (PEP 440); empty where it says nothing
	PyWhere string       // where in the file that stands: "uv.lock, requires-python"
	Roots   []Dependency // what the app itself asks for
	Entries []Entry
	Options []string      // lines for the installer that the file gives besides packages (--index-url …)
	Active  []pep508.Name // extras that markers anywhere in the file may ask for, and that hold from the start
}

// Entry is one locked distribution, with everything that the file says about where it can be had.
type Entry struct {
	Name         pep508.Name
	Version      string // empty for a directory whose version is dynamic
	Source       string // tells entries of the same name and version apart, where the file has such
	Index        string // URL of the simple index, if the file names it
	Wheels       []File
	Sdist        *File
	Origin       *Origin  // not from an index
	Hashes       []string // "sha256:…", any of them will do; for entries without files
	Dependencies []Dependency
	Extras       map[pep508.Name][]Dependency
}

// Dependency leads to entries. Version and Source are only set where the file has several entries of the name.
type Dependency struct {
	Name      pep508.Name
	Version   string
	Source    string
	Extras    []pep508.Name
	Activates []pep508.Name // added to what is active in the whole lock (see Lock.Active) when this dependency is followed
	Marker    pep508.Marker
}

// File is one wheel or sdist.
type File struct {
	Name   string
	URL    string // or a path relative to the app dir; empty when the lock leaves it to the index
	Size   int64  // bytes; 0 when not said
	SHA256 string // hexadecimal; empty when the lock does not say it
	Hash   string // "sha512:…", another hash for want of that one
}

// hash is what identifies the file, with its algorithm; empty when the lock has none.
func (f File) hash() string {
	if f.SHA256 != "" {
		return "sha256:" + f.SHA256
	}
	return f.Hash
}

// Origin is a source that is no index: exactly one of VCS, URL and Directory is set.
type Origin struct {
	VCS, Commit, Subdirectory string // repository URL, full commit id
	Requested                 string // the branch or tag asked for
	URL                       string // an archive
	Directory                 string // relative to the app dir
}

// Package is one evaluated package: what is installed, and nothing that still has to be decided.
type Package struct {
	Name    pep508.Name
	Version string
	Index   string
	File    *File // nil: the installer takes the file from the index that has one of Hashes; without a URL: the one with its hash
	IsSdist bool
	Origin  *Origin
	Hashes  []string
}

// String is the package as a requirement, for logs.
func (p Package) String() string {
	if p.Version == "" {
		return string(p.Name)
	}
	return string(p.Name) + " " + p.Version
}

// Artifact identifies the content: equal artifacts install the same files.
func (p Package) Artifact() string {
	switch {
	case p.Origin != nil && p.Origin.VCS != "":
		return fmt.Sprintf("%s@%s#%s", p.Origin.VCS, p.Origin.Commit, p.Origin.Subdirectory)
	case p.Origin != nil && p.Origin.Directory != "":
		return "directory " + p.Origin.Directory
	case p.File != nil && p.File.hash() != "":
		return p.File.hash()
	case p.File != nil:
		return p.File.URL
	}
	hashes := append([]string(nil), p.Hashes...)
	sort.Strings(hashes)
	return strings.Join(hashes, " ")
}

// Environment is what a lock is evaluated for.
type Environment struct {
	Markers pep508.Environment
	Tags    wheel.Tags
	Python  pep440.Version
}

// Select walks from the roots along every dependency whose marker holds and gives the packages reached, sorted by name, each
// with the one artifact that fits best. It is exact: nothing that is not reached is in the result.
func Select(l Lock, env Environment) ([]Package, error) {
	s := selection{lock: l, env: env, reached: map[string]bool{}, versions: map[pep508.Name]*Entry{}}
	s.active = l.activated(env.Markers)
	for _, root := range l.Roots {
		if err := s.follow(root, nil); err != nil {
			return nil, err
		}
	}
	packages := make([]Package, 0, len(s.versions))
	for _, name := range slices.Sorted(maps.Keys(s.versions)) { // sorted for the error to be the same each time
		p, err := s.versions[name].evaluate(l.File, env)
		if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
	return packages, nil
}

type selection struct {
	lock     Lock
	env      Environment
	active   []pep508.Name
	reached  map[string]bool // "name version [extra]"
	versions map[pep508.Name]*Entry
}

func (s *selection) follow(d Dependency, extras []pep508.Name) error {
	markers := s.env.Markers
	markers.Extras = slices.Concat(s.active, extras)
	if !d.Marker.Evaluate(markers) {
		return nil
	}
	entry := s.lock.entry(d)
	if entry == nil {
		return noEntry(s.lock.File, d)
	}
	if other := s.versions[d.Name]; other != nil && other != entry {
		return twoVersions(s.lock.File, other, entry)
	}
	s.versions[d.Name] = entry
	if err := s.expand(entry, "", entry.Dependencies); err != nil {
		return err
	}
	for _, extra := range d.Extras {
		if err := s.expand(entry, extra, entry.Extras[extra]); err != nil {
			return err
		}
	}
	return nil
}

// expand follows the dependencies of an entry, or of one of its extras, once.
func (s *selection) expand(entry *Entry, extra pep508.Name, dependencies []Dependency) error {
	id := entry.id(extra)
	if s.reached[id] {
		return nil
	}
	s.reached[id] = true
	var extras []pep508.Name
	if extra != "" {
		extras = append(extras, extra)
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
func (l Lock) activated(markers pep508.Environment) []pep508.Name {
	active, reached := slices.Clone(l.Active), map[string]bool{}
	for queue := slices.Clone(l.Roots); len(queue) > 0; queue = queue[1:] {
		d := queue[0]
		markers.Extras = slices.Concat(active, d.Activates)
		entry := l.entry(d)
		if entry == nil || !d.Marker.Evaluate(markers) {
			continue
		}
		active = markers.Extras
		for _, extra := range append([]pep508.Name{""}, d.Extras...) {
			id := entry.id(extra)
			if reached[id] {
				continue
			}
			reached[id] = true
			if extra == "" {
				queue = append(queue, entry.Dependencies...)
			} else {
				queue = append(queue, entry.Extras[extra]...)
			}
		}
	}
	return active
}

func (l Lock) entry(d Dependency) *Entry {
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Name == d.Name && (d.Version == "" || d.Version == e.Version) && (d.Source == "" || d.Source == e.Source) {
			return e
		}
	}
	return nil
}

// Has tells whether the lock has a package at all, for whatever Python, platform or group.
func (l Lock) Has(name pep508.Name) bool { return l.entry(Dependency{Name: name}) != nil }

// id names an entry, or one of its extras.
func (e *Entry) id(extra pep508.Name) string {
	return fmt.Sprintf("%s %s %s [%s]", e.Name, e.Version, e.Source, extra)
}

// evaluate chooses the artifact: the wheel with the best tag, else the sdist, else what the hashes allow.
func (e *Entry) evaluate(file string, env Environment) (Package, error) {
	p := Package{Name: e.Name, Version: e.Version, Index: e.Index, Origin: e.Origin, Hashes: e.Hashes}
	if e.Origin != nil && e.Origin.URL == "" {
		return p, nil
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
	if p.File == nil && len(e.Hashes) == 0 {
		return Package{}, noWheel(file, e, env)
	}
	return p, nil
}

// readMarker reads a marker of a lock file; none is always true.
func readMarker(text string) (pep508.Marker, error) {
	if text == "" {
		return pep508.Marker{}, nil
	}
	return pep508.ParseMarker(text)
}
