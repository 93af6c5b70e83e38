package lock

import (
	"io/fs"
	"strconv"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// uvLock is uv.lock, version 1 of any revision (uv crates/uv-resolver/src/lock).
type uvLock struct {
	Version        int            `toml:"version"`
	RequiresPython string         `toml:"requires-python"`
	Supported      []string       `toml:"supported-markers"`
	Conflicts      [][]uvConflict `toml:"conflicts"`
	Manifest       uvManifest     `toml:"manifest"`
	Packages       []uvPackage    `toml:"package"`

	name         string               // of the file
	environments []pep508.Environment // that it is for
	markers      map[string]pep508.Marker
}

// uvConflict is an extra, a group, or a project itself, that another of its set excludes.
type uvConflict struct{ Package, Extra, Group string }

// uvManifest is what the whole workspace says.
type uvManifest struct {
	Members          []string                   `toml:"members"`
	Constraints      []uvRequirement            `toml:"constraints"`
	Overrides        []uvRequirement            `toml:"overrides"`
	BuildConstraints []uvRequirement            `toml:"build-constraints"`
	Excludes         []string                   `toml:"excludes"`
	Groups           map[string][]uvRequirement `toml:"dependency-groups"` // of a root that is no project
}

type uvPackage struct {
	Name         string                    `toml:"name"`
	Version      string                    `toml:"version"`
	Source       uvSource                  `toml:"source"`
	Forks        []string                  `toml:"resolution-markers"`
	Sdist        *uvFile                   `toml:"sdist"`
	Wheels       []uvFile                  `toml:"wheels"`
	Dependencies []uvDependency            `toml:"dependencies"`
	Optional     map[string][]uvDependency `toml:"optional-dependencies"`
	Groups       map[string][]uvDependency `toml:"dev-dependencies"`
	Metadata     uvMetadata                `toml:"metadata"`
}

type uvDependency struct {
	Name    string
	Version string
	Source  uvSource
	Extra   []string
	Marker  string
}

// ReadUV reads uv.lock with the manifests that it was made from, and checks offline that it still matches them. The app is the
// requested member, else the project in the app dir, else (a workspace without a project at its root) every member, as uv has
// it. Groups are only those requested: default-groups are for development.
func ReadUV(app fs.FS, name string, want Request) (Lock, error) {
	file := &uvLock{name: name, markers: map[string]pep508.Marker{}}
	if _, err := readTOML(app, name, file); err != nil {
		return Lock{}, err
	}
	if file.Version != 1 {
		return Lock{}, otherFormat(name, "", "version", strconv.Itoa(file.Version), "version 1", "use a newer release of this buildpack, or lock with a uv that writes version 1")
	}
	manifests, err := file.manifests(app)
	if err != nil {
		return Lock{}, err
	}
	l := Lock{File: name, Python: file.RequiresPython, PyWhere: name + ", requires-python", Relock: "run 'uv lock' and commit the new " + name}
	if _, ok := manifests["."]; ok {
		l.Matches = "pyproject.toml"
		if err := file.check(app, manifests); err != nil {
			return Lock{}, err
		}
	}
	if err := file.fill(&l, manifests); err != nil {
		return Lock{}, err
	}
	if err := file.request(&l, want); err != nil {
		return Lock{}, err
	}
	settings, err := readUVSettings(app)
	if err != nil {
		return Lock{}, err
	}
	settings.apply(l.Entries)
	return l, nil
}

// fill reads what does not depend on what is requested.
func (f *uvLock) fill(l *Lock, manifests map[string]Manifest) error {
	for _, text := range f.Supported {
		marker, err := readMarker(text)
		if err != nil {
			return badMarker(f.name, "supported-markers", err)
		}
		l.Environments = append(l.Environments, marker)
	}
	for _, set := range f.Conflicts {
		var exclusive []Exclusive
		for _, c := range set {
			exclusive = append(exclusive, c.exclusive())
		}
		l.Conflicts = append(l.Conflicts, exclusive)
	}
	l.Entries = make([]Entry, 0, len(f.Packages))
	for i := range f.Packages {
		p := &f.Packages[i]
		entry, err := f.entry(p)
		if err != nil {
			return badMarker(f.name, p.Name, err)
		}
		if version, err := pep440.Parse(manifests[p.Source.local()].Project.Version); err == nil && p.Source.local() != "" {
			entry.Version = version.String() // what is built has the version of the manifest
		}
		l.Entries = append(l.Entries, entry)
	}
	return nil
}
