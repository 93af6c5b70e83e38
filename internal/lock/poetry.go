package lock

import (
	"io/fs"
	"maps"
	"slices"
	"strconv"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// poetryLock is poetry.lock of lock-version 1.0 (Poetry 1.0), 1.1 (to 1.2), 2.0 (to 1.8; category is gone from 1.5 on) and 2.1
// (from 2.0 on) (https://github.com/python-poetry/poetry, src/poetry/packages/locker.py).
type poetryLock struct {
	Packages []poetryPackage     `toml:"package"`
	Extras   map[string][]string `toml:"extras"`
	Metadata struct {
		Version     string                  `toml:"lock-version"` // 1.0 does not say it
		Python      string                  `toml:"python-versions"`
		ContentHash string                  `toml:"content-hash"`
		Files       map[string][]poetryFile `toml:"files"`  // 1.x
		Hashes      map[string][]string     `toml:"hashes"` // before
	} `toml:"metadata"`
}

type poetryPackage struct {
	Name         string                        `toml:"name"`
	Version      string                        `toml:"version"`
	Python       string                        `toml:"python-versions"`
	Marker       string                        `toml:"marker"` // 1.0
	Groups       []string                      `toml:"groups"` // 2.1
	Markers      any                           `toml:"markers"`
	Files        []poetryFile                  `toml:"files"`
	Dependencies map[string]poetryDependencies `toml:"dependencies"`
	Extras       map[string][]string           `toml:"extras"`
	Source       poetryPackageSource           `toml:"source"`
}

type poetryFile struct {
	File string `toml:"file"`
	Hash string `toml:"hash"`
}

// ReadPoetry reads poetry.lock: the main dependencies, and the groups and extras that are requested. From lock-version 2.1 on
// each package says which of these it belongs to, and Poetry obeys that; before, the manifest's dependencies are followed.
func ReadPoetry(app fs.FS, name string, want Request) (Lock, error) {
	var file poetryLock
	data, err := readTOML(app, name, &file)
	if err == nil {
		err = file.checkVersion(name)
	}
	if err != nil {
		return Lock{}, err
	}
	manifestData, err := fs.ReadFile(app, "pyproject.toml")
	if err != nil {
		return Lock{}, noPoetryManifest(name, err)
	}
	manifest, err := readPoetryManifest(manifestData)
	if err != nil {
		return Lock{}, err
	}
	if err := checkPoetry(name, data, file, manifestData, manifest); err != nil {
		return Lock{}, err
	}
	if err := manifest.knows(want); err != nil {
		return Lock{}, err
	}
	l := Lock{File: name, Matches: "pyproject.toml"}
	if python, err := parsePython(file.Metadata.Python); err == nil {
		if l.Python = python.specifier(); l.Python != "" {
			l.PyWhere = name + ", metadata.python-versions"
		}
	}
	if file.grouped() {
		err = file.selectGroups(&l, want)
	} else {
		err = file.walk(&l, manifest, want)
	}
	if root := manifest.root(app); root != nil && err == nil {
		l.Entries = append(l.Entries, *root)
		l.Roots = append(l.Roots, Dependency{Name: root.Name})
	}
	return l, err
}

func (l *poetryLock) checkVersion(name string) error {
	if l.Metadata.Version == "" {
		l.Metadata.Version = "1.0"
	}
	if version, err := pep440.Parse(l.Metadata.Version); err != nil || version.Major() < 1 || version.Major() > 2 {
		return otherFormat(name, "metadata.", "lock-version", l.Metadata.Version, "1.0 to 2.1",
			"use a newer release of this buildpack, or lock with a Poetry that writes version 2.1")
	}
	return nil
}

// before tells whether the file is of an older lock-version.
func (l poetryLock) before(text string) bool {
	version, err := pep440.Parse(l.Metadata.Version)
	limit, _ := pep440.Parse(text)
	return err == nil && version.Compare(limit) < 0
}

// grouped tells whether packages say which groups they belong to.
func (l poetryLock) grouped() bool { return !l.before("2.1") }

// knows refuses what is requested and not there.
func (m poetryManifest) knows(want Request) error {
	extras := m.extras()
	for _, extra := range want.Extras {
		if _, ok := extras[extra]; !ok {
			return unknown("extra", extra, slices.Collect(maps.Keys(extras)), "pyproject.toml")
		}
	}
	groups := m.groups()
	for _, group := range want.Groups {
		if group != mainGroup && !slices.Contains(groups, group) {
			return unknown("dependency group", group, groups, "pyproject.toml")
		}
	}
	return nil
}

const mainGroup = pep508.Name("main")

// selectGroups makes each package of a requested group a root, on the condition that one of these groups has for it.
func (l poetryLock) selectGroups(into *Lock, want Request) error {
	requested := append([]pep508.Name{mainGroup}, want.Groups...)
	into.Active = want.Extras
	for i, p := range l.Packages {
		entry, err := l.entry(into.File, p)
		if err != nil {
			return err
		}
		entry.Source = strconv.Itoa(i + 1) // each root means its own entry
		text, ok := p.condition(requested)
		if !ok {
			continue
		}
		marker, err := readMarker(text)
		if err != nil {
			return badMarker(into.File, p.Name, err)
		}
		into.Entries = append(into.Entries, entry)
		into.Roots = append(into.Roots, Dependency{Name: entry.Name, Source: entry.Source, Marker: marker})
	}
	return nil
}

// neverHolds is what Poetry writes for a marker that contradicts itself.
const neverHolds = "<empty>"

// condition is the marker under which requested groups want the package; not ok when none of them does. The key markers is one
// for all groups or a table of one each, where a group that is not in it has none.
func (p poetryPackage) condition(requested []pep508.Name) (marker string, ok bool) {
	table, _ := p.Markers.(map[string]any)
	text, _ := p.Markers.(string)
	var either []string
	for _, group := range p.Groups {
		if !slices.Contains(requested, pep508.NewName(group)) {
			continue
		}
		if table != nil {
			text, _ = table[group].(string)
		}
		switch text {
		case "", "*":
			return "", true
		case neverHolds:
			continue
		}
		either = append(either, text)
	}
	return joinMarkers(" or ", either), len(either) > 0
}
