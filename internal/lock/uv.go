package lock

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep508"
)

// uvLock is uv.lock, version 1 of any revision (uv crates/uv-resolver/src/lock).
type uvLock struct {
	Version        int         `toml:"version"`
	RequiresPython string      `toml:"requires-python"`
	Packages       []uvPackage `toml:"package"`
}

type uvPackage struct {
	Name         string                    `toml:"name"`
	Version      string                    `toml:"version"`
	Source       uvSource                  `toml:"source"`
	Sdist        *uvFile                   `toml:"sdist"`
	Wheels       []uvFile                  `toml:"wheels"`
	Dependencies []uvDependency            `toml:"dependencies"`
	Optional     map[string][]uvDependency `toml:"optional-dependencies"`
	Metadata     uvMetadata                `toml:"metadata"`
}

type uvSource struct {
	Registry, Git, URL, Path, Directory, Editable, Virtual string
	Subdirectory                                           string
}

type uvFile struct {
	URL, Path, Filename, Hash string
	Size                      int64
}

type uvDependency struct {
	Name    string
	Version string
	Extra   []string
	Marker  string
}

// ReadUV reads uv.lock. The roots are what the project at the app dir's root depends on in production: no groups, no extras.
func ReadUV(data []byte) (Lock, error) {
	file, err := parseUV(data)
	if err != nil {
		return Lock{}, err
	}
	l := Lock{File: "uv.lock"}
	root := file.root()
	if root == nil {
		return Lock{}, noProject()
	}
	for i := range file.Packages {
		p := &file.Packages[i]
		if p == root {
			l.Roots, err = dependencies(p.Dependencies)
		} else if entry, e := p.entry(); e == nil {
			l.Entries = append(l.Entries, entry)
		} else {
			err = e
		}
		if err != nil {
			return Lock{}, fmt.Errorf("reading uv.lock, package %s: %w", p.Name, err)
		}
	}
	return l, nil
}

func parseUV(data []byte) (uvLock, error) {
	var file uvLock
	if err := toml.Unmarshal(data, &file); err != nil {
		return uvLock{}, unreadable("uv.lock", err)
	}
	if file.Version != 1 {
		return uvLock{}, &failure.Error{
			What:  fmt.Sprintf("uv.lock has version %d; this buildpack reads version 1", file.Version),
			Where: "uv.lock, version",
			Fix:   "use a newer release of this buildpack, or lock with a uv that writes version 1",
		}
	}
	return file, nil
}

// root is the project in the app dir itself.
func (l *uvLock) root() *uvPackage {
	for i := range l.Packages {
		s := l.Packages[i].Source
		if s.Virtual == "." || s.Editable == "." || s.Directory == "." {
			return &l.Packages[i]
		}
	}
	return nil
}

func (p *uvPackage) entry() (Entry, error) {
	e := Entry{Name: pep508.NewName(p.Name), Version: p.Version, Index: p.Source.Registry, Extras: map[pep508.Name][]Dependency{}}
	e.Origin = p.Source.origin()
	for _, w := range p.Wheels {
		e.Wheels = append(e.Wheels, w.file())
	}
	if p.Sdist != nil {
		f := p.Sdist.file()
		e.Sdist = &f
	}
	var err error
	if e.Dependencies, err = dependencies(p.Dependencies); err != nil {
		return e, err
	}
	for extra, list := range p.Optional {
		if e.Extras[pep508.NewName(extra)], err = dependencies(list); err != nil {
			return e, err
		}
	}
	return e, nil
}

// origin is nil for a package from an index. A git source is "URL?rev=REF#COMMIT" (also branch=, tag=, subdirectory=).
func (s uvSource) origin() *Origin {
	for _, directory := range []string{s.Directory, s.Editable, s.Virtual} {
		if directory != "" {
			return &Origin{Directory: directory}
		}
	}
	if s.Git != "" {
		return gitOrigin(s.Git)
	}
	if s.URL != "" || s.Path != "" {
		return &Origin{URL: s.URL + s.Path, Subdirectory: s.Subdirectory}
	}
	return nil
}

func gitOrigin(source string) *Origin {
	rest, commit, _ := strings.Cut(source, "#")
	repository, query, _ := strings.Cut(rest, "?")
	o := &Origin{VCS: repository, Commit: commit}
	for _, pair := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		switch key {
		case "rev", "branch", "tag":
			o.Requested = value
		case "subdirectory":
			o.Subdirectory = value
		}
	}
	return o
}

func (f uvFile) file() File {
	url := f.URL
	if url == "" {
		url = f.Path
	}
	name := f.Filename
	if name == "" {
		name = path.Base(strings.SplitN(url, "#", 2)[0])
	}
	return File{Name: unescape(name), URL: url, Size: f.Size, SHA256: strings.TrimPrefix(f.Hash, "sha256:")}
}

// unescape turns the one escape that file names on indexes have (a local version's plus) back.
func unescape(name string) string {
	return strings.NewReplacer("%2B", "+", "%2b", "+").Replace(name)
}

func dependencies(list []uvDependency) ([]Dependency, error) {
	var out []Dependency
	for _, d := range list {
		marker, err := readMarker(d.Marker)
		if err != nil {
			return nil, fmt.Errorf("marker of %s: %w", d.Name, err)
		}
		var extras []pep508.Name
		for _, extra := range d.Extra {
			extras = append(extras, pep508.NewName(extra))
		}
		sort.Slice(extras, func(i, j int) bool { return extras[i] < extras[j] })
		out = append(out, Dependency{Name: pep508.NewName(d.Name), Version: d.Version, Extras: extras, Marker: marker})
	}
	return out, nil
}

func noProject() error {
	return &failure.Error{
		What:  "uv.lock has no project at the root of the app dir: this looks like a workspace without a root project",
		Where: "uv.lock",
		Fix:   "give the root pyproject.toml a [project] table that depends on the member to run, and run 'uv lock'",
	}
}
