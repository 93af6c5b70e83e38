package lock

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

type poetryPackageSource struct {
	Type         string `toml:"type"` // legacy (a simple index), git, url, file, directory
	URL          string `toml:"url"`
	Reference    string `toml:"reference"` // the name of the index; what was asked for of a repository
	Resolved     string `toml:"resolved_reference"`
	Subdirectory string `toml:"subdirectory"`
}

// entry is the package without what it depends on.
func (l poetryLock) entry(file string, p poetryPackage) (Entry, error) {
	e := Entry{Name: pep508.NewName(p.Name), Version: p.Version, Source: p.Source.String()}
	version, err := pep440.Parse(p.Version)
	if err != nil {
		return e, badVersion(file, p.Name, p.Version, err)
	}
	e.Version = version.String()
	p.Source.place(&e)
	for _, f := range l.files(p) {
		e.addFile(f)
	}
	if len(e.Wheels) == 0 && e.Sdist == nil && e.Origin == nil {
		for _, hash := range l.hashes(p.Name) {
			e.Hashes = append(e.Hashes, withAlgorithm(hash))
		}
	}
	if e.Origin != nil && e.Origin.URL != "" && len(e.Wheels) == 0 && e.Sdist == nil {
		e.NoBuild = unverified(file, e.Name, e.Origin.URL)
	}
	return e, nil
}

// files are those of this version: 1.x lists all of a name together.
func (l poetryLock) files(p poetryPackage) []poetryFile {
	if p.Files != nil {
		return p.Files
	}
	version, _ := pep440.Parse(p.Version)
	var out []poetryFile
	for _, f := range keyed(l.Metadata.Files, p.Name) {
		if isVersion(f.File, pep508.NewName(p.Name), version) {
			out = append(out, f)
		}
	}
	return out
}

func (l poetryLock) hashes(name string) []string { return keyed(l.Metadata.Hashes, name) }

// keyed looks a name up as written, which is the usual case, or else however it is written.
func keyed[T any](table map[string][]T, name string) []T {
	if list, ok := table[name]; ok {
		return list
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if pep508.NewName(key) == pep508.NewName(name) {
			return table[key]
		}
	}
	return nil
}

// isVersion tells whether a file name, name-version[-tags].ext, is of this version. Both parts may hold hyphens in an sdist.
func isVersion(file string, name pep508.Name, version pep440.Version) bool {
	base := file
	for _, ext := range append([]string{".whl"}, sdistExtensions...) {
		base = strings.TrimSuffix(base, ext)
	}
	parts := strings.Split(base, "-")
	for i := 1; i < len(parts); i++ {
		if pep508.NewName(strings.Join(parts[:i], "-")) != name {
			continue
		}
		rest := parts[i:]
		if strings.HasSuffix(file, ".whl") {
			rest = rest[:1]
		}
		v, err := pep440.Parse(strings.Join(rest, "-"))
		return err == nil && v.Compare(version) == 0
	}
	return false
}

var sdistExtensions = []string{".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar"}

// addFile takes wheels and the first of the sdists by kind; eggs and installers are passed over, as Poetry does.
func (e *Entry) addFile(f poetryFile) {
	out := File{Name: f.File}
	if hash := withAlgorithm(f.Hash); strings.HasPrefix(hash, "sha256:") {
		out.SHA256 = strings.TrimPrefix(hash, "sha256:")
	} else {
		out.Hash = hash
	}
	if e.Origin != nil {
		out.URL = e.Origin.URL
	}
	if strings.HasSuffix(f.File, ".whl") {
		e.Wheels = append(e.Wheels, out)
		return
	}
	kind := func(name string) int {
		return slices.IndexFunc(sdistExtensions, func(ext string) bool { return strings.HasSuffix(name, ext) })
	}
	if k := kind(f.File); k >= 0 && (e.Sdist == nil || k < kind(e.Sdist.Name)) {
		e.Sdist = &out
	}
}

func withAlgorithm(hash string) string {
	if hash == "" || strings.Contains(hash, ":") {
		return hash
	}
	return "sha256:" + hash
}

// String tells sources apart; for an index it is the name that the manifest gives it.
func (s poetryPackageSource) String() string {
	switch s.Type {
	case "":
		return ""
	case "legacy":
		return s.Reference
	case "file", "directory":
		return path.Clean(s.URL)
	}
	return s.URL
}

// place says where the package is.
func (s poetryPackageSource) place(e *Entry) {
	switch s.Type {
	case "legacy":
		e.Index = withoutCredentials(s.URL)
	case "git":
		e.Origin = &Origin{VCS: gitURL(s.URL), Commit: cmp.Or(s.Resolved, s.Reference), Requested: s.Reference, Subdirectory: s.Subdirectory}
	case "url", "file":
		e.Origin = &Origin{URL: withoutCredentials(s.URL), Subdirectory: s.Subdirectory}
	case "directory":
		e.Origin = &Origin{Directory: path.Join(s.URL, s.Subdirectory)}
	}
}

// gitURL writes the short form of ssh, git@host:path, as a URL.
func gitURL(text string) string {
	if host, rest, ok := strings.Cut(text, ":"); ok && !strings.Contains(text, "://") && strings.Contains(host, "@") {
		return "ssh://" + host + "/" + rest
	}
	return withoutCredentials(text)
}
