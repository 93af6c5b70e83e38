package lock

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep508"
)

// uvLock is uv.lock, version 1 of any revision (uv crates/uv-resolver/src/lock).
type uvLock struct {
	Version        int         `toml:"version"`
	RequiresPython string      `toml:"requires-python"`
	Conflicts      []any       `toml:"conflicts"`
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
	Source  uvSource
	Extra   []string
	Marker  string
}

// ReadUV reads uv.lock. The root is the project in the app dir: itself if it is a package, else what it depends on in production.
// No groups, no extras.
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
	if len(file.Conflicts) > 0 {
		l.Active = []pep508.Name{encoded("project", root.Name)}
	}
	for i := range file.Packages {
		p := &file.Packages[i]
		if p == root && p.Source.Virtual != "" {
			l.Roots, err = dependencies(p.Dependencies)
			if err != nil {
				return Lock{}, badMarker("uv.lock", p.Name, err)
			}
			continue
		}
		if p == root {
			l.Roots = []Dependency{{Name: pep508.NewName(p.Name)}}
		}
		entry, err := p.entry()
		if err != nil {
			return Lock{}, badMarker("uv.lock", p.Name, err)
		}
		l.Entries = append(l.Entries, entry)
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
	e := Entry{Name: pep508.NewName(p.Name), Version: p.Version, Source: p.Source.String(), Extras: map[pep508.Name][]Dependency{}}
	e.Origin = p.Source.origin()
	if strings.Contains(p.Source.Registry, "://") {
		e.Index = p.Source.Registry
	}
	for _, w := range p.Wheels {
		e.Wheels = append(e.Wheels, p.Source.file(w))
	}
	if p.Sdist != nil {
		f := p.Source.file(*p.Sdist)
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
	values, _ := url.ParseQuery(query)
	for _, key := range []string{"rev", "branch", "tag"} {
		o.Requested += values.Get(key)
	}
	o.Subdirectory = values.Get("subdirectory")
	return o
}

// String tells sources apart.
func (s uvSource) String() string {
	return s.Registry + s.Git + s.URL + s.Path + s.Directory + s.Editable + s.Virtual + s.Subdirectory
}

// file gives a file of the package its place: that of an index which is a directory is relative to it, that of an archive
// is the source itself.
func (s uvSource) file(f uvFile) File {
	at := f.URL
	switch {
	case at != "":
	case f.Path != "":
		at = path.Join(s.Registry, f.Path)
		if strings.HasPrefix(s.Registry, "file://") {
			at = strings.TrimSuffix(s.Registry, "/") + "/" + f.Path
		}
	default:
		at = s.URL + s.Path
	}
	name := f.Filename
	if name == "" {
		name = unescape(path.Base(strings.SplitN(at, "#", 2)[0]))
	}
	out := File{Name: name, URL: at, Size: f.Size}
	if sum, ok := strings.CutPrefix(f.Hash, "sha256:"); ok {
		out.SHA256 = sum
	} else {
		out.Hash = f.Hash
	}
	return out
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
		extras := names(d.Extra)
		var activates []pep508.Name
		for _, extra := range extras {
			activates = append(activates, encoded("extra", d.Name, string(extra)))
		}
		out = append(out, Dependency{Name: pep508.NewName(d.Name), Version: d.Version, Source: d.Source.String(),
			Extras: extras, Activates: activates, Marker: marker})
	}
	return out, nil
}

// encoded is what the markers of a lock with conflicts call the extra of a package, or the project whose own dependencies
// are wanted: extra-4-core-cpu is the extra cpu of core. Groups have such names too; none is wanted in production.
func encoded(kind, name string, rest ...string) pep508.Name {
	normal := string(pep508.NewName(name))
	return pep508.NewName(strings.Join(append([]string{kind, strconv.Itoa(len(normal)), normal}, rest...), "-"))
}

// names normalizes, sorted and each once.
func names(raw []string) []pep508.Name {
	var out []pep508.Name
	for _, name := range raw {
		out = append(out, pep508.NewName(name))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func noProject() error {
	return &failure.Error{
		What:  "uv.lock has no project at the root of the app dir: this looks like a workspace without a root project",
		Where: "uv.lock",
		Fix:   "give the root pyproject.toml a [project] table that depends on the member to run, and run 'uv lock'",
	}
}
