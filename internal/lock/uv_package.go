package lock

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

type uvSource struct {
	Registry, Git, URL, Path, Directory, Editable, Virtual string
	Subdirectory                                           string
}

// uvFile is a wheel or a source distribution.
type uvFile struct {
	URL, Path, Filename, Hash string
	Size                      int64
}

func (f *uvLock) entry(p *uvPackage) (Entry, error) {
	e := Entry{Name: pep508.NewName(p.Name), Version: p.Version, Source: p.Source.String(), Extras: map[pep508.Name][]Dependency{}}
	e.Origin, e.Virtual = p.Source.origin(), p.Source.Virtual != ""
	if strings.Contains(p.Source.Registry, "://") {
		e.Index = p.Source.Registry
	}
	e.Wheels = make([]File, 0, len(p.Wheels))
	for _, w := range p.Wheels {
		e.Wheels = append(e.Wheels, p.Source.file(w))
	}
	if p.Sdist != nil {
		f := p.Source.file(*p.Sdist)
		e.Sdist = &f
	}
	var err error
	if e.Dependencies, err = f.dependencies(p.Dependencies); err != nil {
		return e, err
	}
	for extra, list := range p.Optional {
		if e.Extras[pep508.NewName(extra)], err = f.dependencies(list); err != nil {
			return e, err
		}
	}
	return e, nil
}

func (f *uvLock) dependencies(list []uvDependency) ([]Dependency, error) {
	out := make([]Dependency, 0, len(list))
	for _, d := range list {
		marker, err := f.marker(d.Marker)
		if err != nil {
			return nil, fmt.Errorf("marker of %s: %w", d.Name, err)
		}
		extras := pep508.NewNames(d.Extra)
		var activates []pep508.Name
		if len(f.Conflicts) > 0 { // or no marker asks
			for _, extra := range extras {
				activates = append(activates, uvConflict{Package: d.Name, Extra: string(extra)}.encoded())
			}
		}
		out = append(out, Dependency{Name: pep508.NewName(d.Name), Version: d.Version, Source: d.Source.String(),
			Extras: extras, Activates: activates, Marker: marker})
	}
	return out, nil
}

// marker reads each marker once; a lock repeats few of them many times.
func (f *uvLock) marker(text string) (pep508.Marker, error) {
	if known, ok := f.markers[text]; ok {
		return known, nil
	}
	marker, err := readMarker(text)
	if err == nil {
		f.markers[text] = marker
	}
	return marker, err
}

// local is the directory of a package that is one, with . for the app dir; empty for others.
func (s uvSource) local() string { return s.Directory + s.Editable + s.Virtual }

// origin is nil for a package from an index. A git source is "URL?rev=REF#COMMIT" (also branch=, tag=, subdirectory=).
func (s uvSource) origin() *Origin {
	switch {
	case s.local() != "":
		return &Origin{Directory: s.local()}
	case s.Git != "":
		return gitOrigin(s.Git)
	case s.URL != "" || s.Path != "":
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
	return s.Registry + s.Git + s.URL + s.Path + s.local() + s.Subdirectory
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
		name, _, _ = strings.Cut(at, "#")
		name = unescape(name[strings.LastIndex(name, "/")+1:])
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
	return strings.ReplaceAll(strings.ReplaceAll(name, "%2B", "+"), "%2b", "+")
}
