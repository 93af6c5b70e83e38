package lock

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// pdmReader turns records into entries: one for each package, whatever extras it has records for.
type pdmReader struct {
	app      fs.FS
	file     pdmLock
	manifest *pdmManifest
	members  map[string]*pdmManifest
	order    []*Entry
	entries  map[pep508.Name][]*Entry
	indexes  pdmIndexes
}

func (r *pdmReader) read(groups []pep508.Name) (roots []Dependency, err error) {
	r.indexes = r.manifest.indexes()
	for _, p := range r.file.Packages {
		r.add(p)
	}
	if r.file.inherits() {
		return r.grouped(groups)
	}
	if err := r.edges(); err != nil {
		return nil, err
	}
	if !r.manifest.requires() {
		return nil, noManifest(r.file.name)
	}
	for _, line := range r.manifest.lines(groups) {
		found, err := r.links(line, "pyproject.toml")
		if err != nil {
			return nil, err
		}
		roots = append(roots, found...)
	}
	return append(roots, r.implied()...), nil
}

// grouped are the packages of the groups; a record without groups belongs to all.
func (r *pdmReader) grouped(groups []pep508.Name) (roots []Dependency, err error) {
	for _, p := range r.file.Packages {
		if r.manifest.excludes(p.Name) || len(p.Groups) > 0 && !slices.ContainsFunc(pep508.NewNames(p.Groups), func(g pep508.Name) bool { return slices.Contains(groups, g) }) {
			continue
		}
		marker, err := readMarker(p.Marker)
		if err != nil {
			return nil, badMarker(r.file.name, p.Name, err)
		}
		roots = append(roots, Dependency{Name: pep508.NewName(p.Name), Version: p.Version, Source: p.source(), Marker: marker})
	}
	return roots, nil
}

func (r *pdmReader) add(p pdmPackage) {
	name := pep508.NewName(p.Name)
	e := r.find(p)
	if e == nil {
		e = &Entry{Name: name, Version: p.Version, Source: p.source(), Extras: map[pep508.Name][]Dependency{}}
		r.order = append(r.order, e)
		r.entries[name] = append(r.entries[name], e)
	}
	if len(e.Wheels) == 0 && e.Sdist == nil && e.Origin == nil {
		r.locate(e, p)
	}
}

func (r *pdmReader) find(p pdmPackage) *Entry {
	for _, e := range r.entries[pep508.NewName(p.Name)] {
		if e.Version == p.Version && e.Source == p.source() {
			return e
		}
	}
	return nil
}

// source tells apart packages of one name and version.
func (p pdmPackage) source() string {
	if p.Git+p.Hg+p.SVN+p.Bzr+p.URL+p.Path == "" {
		return ""
	}
	return p.Git + p.Hg + p.SVN + p.Bzr + p.URL + p.Path + "@" + p.Revision + "#" + p.Subdirectory
}

// locate says where the files are.
func (r *pdmReader) locate(e *Entry, p pdmPackage) {
	var files []File
	for _, f := range slices.Concat(p.Files, r.file.Metadata.Files[p.Name+" "+p.Version]) {
		files = append(files, f.file())
	}
	switch {
	case p.Hg+p.SVN+p.Bzr != "":
		e.Origin, e.NoBuild = &Origin{VCS: p.Hg + p.SVN + p.Bzr}, notGit(r.file.name, p.Name)
	case p.Git != "":
		e.Origin = &Origin{VCS: withoutCredentials(p.Git), Commit: p.Revision, Requested: p.Ref, Subdirectory: p.Subdirectory}
		if p.Revision == "" {
			e.NoBuild = noCommit(r.file.name, p.Name, "pdm lock")
		}
	case p.Path != "" && !isArchive(p.Path):
		directory, _ := inApp(p.Path)
		e.Origin = &Origin{Directory: path.Join(directory, p.Subdirectory)}
	case p.Path != "" || p.URL != "":
		e.archive(r.app, r.file.name, p.URL+p.Path, p.Subdirectory, files)
	default:
		if e.put(files); slices.ContainsFunc(files, func(f File) bool { return f.URL != "" }) {
			r.indexes.static = true
		} else {
			e.Index = r.indexes.of(e.Name)
		}
	}
}

func (f pdmFile) file() File {
	address, _, _ := strings.Cut(f.URL, "#")
	name := f.File
	if name == "" {
		name = unescape(path.Base(address))
	}
	return withHash(File{Name: name, URL: address}, f.Hash)
}

// edges fills in what each package, and each set of its extras, depends on.
func (r *pdmReader) edges() error {
	for _, p := range r.file.Packages {
		var all []Dependency
		for _, line := range p.Dependencies {
			found, err := r.links(line, r.file.name+", package "+p.Name)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		if e := r.find(p); len(p.Extras) == 0 {
			e.Dependencies = all
		} else {
			e.Extras[extrasSet(pep508.NewNames(p.Extras))] = all
		}
	}
	return nil
}

// extrasSet is the one name that a set of extras has here: PDM locks what a[x,y] needs under a record of its own.
func extrasSet(extras []pep508.Name) pep508.Name { return pep508.Name(joined(extras)) }

// links gives the entries that a requirement leads to. Its versions only matter where the lock has several: overrides may
// contradict them.
func (r *pdmReader) links(line, where string) ([]Dependency, error) {
	wish, err := parsePDMLine(line)
	if err != nil {
		return nil, badRequirement(line, where, err)
	}
	if r.manifest.excludes(string(wish.Name)) || r.manifest.is(wish.Name) {
		return nil, nil
	}
	d := Dependency{Name: wish.Name, Marker: wish.Marker}
	if len(wish.Extras) > 0 {
		d.Extras = []pep508.Name{extrasSet(wish.Extras)}
	}
	found := r.entries[wish.Name]
	if len(found) < 2 {
		return []Dependency{d}, nil
	}
	var all []Dependency
	for _, e := range found {
		if !wish.admits(e.Version) {
			continue
		}
		one := d
		one.Version, one.Source = e.Version, e.Source
		if one.Marker, err = r.narrowed(e, wish.Marker); err != nil {
			return nil, badMarker(r.file.name, string(e.Name), err)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return []Dependency{d}, nil
	}
	return all, nil
}

// narrowed adds the Pythons that an entry is for: of several that a requirement admits, they decide.
func (r *pdmReader) narrowed(e *Entry, marker pep508.Marker) (pep508.Marker, error) {
	i := slices.IndexFunc(r.file.Packages, func(p pdmPackage) bool {
		return pep508.NewName(p.Name) == e.Name && p.Version == e.Version && p.source() == e.Source
	})
	parts := pythonConditions(r.file.Packages[i].Python)
	if !marker.IsZero() {
		parts = append(parts, "("+marker.String()+")")
	}
	return readMarker(strings.Join(parts, " and "))
}

func (r *pdmReader) finish() (entries []Entry, options []string) {
	for _, e := range r.order {
		entries = append(entries, *e)
	}
	return entries, r.indexes.options()
}
