package lock

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// pylock is a PEP 751 file (https://packaging.python.org/en/latest/specifications/pylock-toml/).
type pylock struct {
	Version      string          `toml:"lock-version"`
	CreatedBy    string          `toml:"created-by"`
	Environments []string        `toml:"environments"`
	Python       string          `toml:"requires-python"`
	Extras       []string        `toml:"extras"`
	Groups       []string        `toml:"dependency-groups"`
	Defaults     []string        `toml:"default-groups"`
	Packages     []pylockPackage `toml:"packages"`
	Tool         struct {
		PDM struct {
			Hashes map[string]string `toml:"hashes"`
			Inputs *pdmInputs        `toml:"lock_inputs"`
		} `toml:"pdm"`
	} `toml:"tool"`
}

type pylockPackage struct {
	Name    string       `toml:"name"`
	Version string       `toml:"version"`
	Marker  string       `toml:"marker"`
	Python  string       `toml:"requires-python"`
	Index   string       `toml:"index"`
	Wheels  []pylockFile `toml:"wheels"`
	Sdist   *pylockFile  `toml:"sdist"`
	Archive *struct {
		pylockFile
		Subdirectory string `toml:"subdirectory"`
	} `toml:"archive"`
	VCS *struct {
		Type         string `toml:"type"`
		Path         string `toml:"path"`
		URL          string `toml:"url"`
		Requested    string `toml:"requested-revision"`
		Commit       string `toml:"commit-id"`
		Subdirectory string `toml:"subdirectory"`
	} `toml:"vcs"`
	Directory *struct {
		Path         string `toml:"path"`
		Subdirectory string `toml:"subdirectory"`
	} `toml:"directory"`
	Tool struct {
		PDM struct {
			Dependencies []string `toml:"dependencies"`
		} `toml:"pdm"`
	} `toml:"tool"`
}

type pylockFile struct {
	Name   string            `toml:"name"`
	URL    string            `toml:"url"`
	Path   string            `toml:"path"`
	Size   int64             `toml:"size"`
	Hashes map[string]string `toml:"hashes"`
}

// ReadPylock reads a resolution that was kept: what uv wrote for this very Python and platform. name is what messages call it.
func ReadPylock(name string, data []byte) (Lock, error) {
	var file pylock
	if err := decodeTOML(name, data, &file); err != nil {
		return Lock{}, err
	}
	return file.lock(name)
}

func (file pylock) lock(name string) (Lock, error) {
	l := Lock{File: name}
	for i, p := range file.Packages {
		marker, err := readMarker(p.Marker)
		if err != nil {
			return Lock{}, badMarker(name, p.Name, err)
		}
		entry := p.entry()
		entry.Source = strconv.Itoa(i + 1) // each root means its own entry, whatever its version
		l.Entries = append(l.Entries, entry)
		l.Roots = append(l.Roots, Dependency{Name: entry.Name, Version: entry.Version, Source: entry.Source, Marker: marker})
	}
	return l, nil
}

func (p pylockPackage) entry() Entry {
	e := Entry{Name: pep508.NewName(p.Name), Version: p.Version, Index: p.Index, Python: p.Python}
	for _, w := range p.Wheels {
		e.Wheels = append(e.Wheels, w.file())
	}
	if p.Sdist != nil {
		f := p.Sdist.file()
		e.Sdist = &f
	}
	switch {
	case p.VCS != nil:
		e.Origin = &Origin{VCS: withoutCredentials(p.VCS.URL), Commit: p.VCS.Commit, Requested: p.VCS.Requested, Subdirectory: p.VCS.Subdirectory}
	case p.Directory != nil:
		e.Origin = &Origin{Directory: path.Join(p.Directory.Path, p.Directory.Subdirectory)}
	case p.Archive != nil:
		f := p.Archive.file()
		e.Origin = &Origin{URL: f.URL, Subdirectory: p.Archive.Subdirectory}
		if strings.HasSuffix(f.Name, ".whl") {
			e.Wheels = []File{f}
		} else {
			e.Sdist = &f
		}
	}
	return e
}

func (f pylockFile) file() File {
	url := f.Path // beats a URL, as the specification has it
	if url == "" {
		url = f.URL
	}
	name := f.Name
	if name == "" {
		name = unescape(path.Base(url))
	}
	out := File{Name: name, URL: withoutCredentials(url), Size: f.Size, SHA256: f.Hashes["sha256"]}
	for _, algorithm := range slices.Sorted(maps.Keys(f.Hashes)) {
		if out.SHA256 == "" { // the last by name is the strongest of what there is
			out.Hash = algorithm + ":" + f.Hashes[algorithm]
		}
	}
	return out
}

// WritePylock writes evaluated packages as a canonical pylock: same packages, same bytes. It gives false when a package has
// no artifact of its own, which a pylock cannot say; WriteRequirements can.
func WritePylock(packages []Package) (string, bool) {
	var b strings.Builder
	b.WriteString("lock-version = \"1.0\"\ncreated-by = \"lockstep\"\n")
	for _, p := range packages {
		fmt.Fprintf(&b, "\n[[packages]]\nname = %s\n", quote(string(p.Name)))
		field(&b, "version", p.Version)
		switch o := p.Origin; {
		case o != nil && o.VCS != "":
			fmt.Fprintf(&b, "[packages.vcs]\ntype = \"git\"\nurl = %s\ncommit-id = %s\n", quote(o.VCS), quote(o.Commit))
			field(&b, "requested-revision", o.Requested)
			field(&b, "subdirectory", o.Subdirectory)
		case o != nil && o.Directory != "":
			fmt.Fprintf(&b, "[packages.directory]\npath = %s\n", quote(o.Directory))
		case !p.Located():
			return "", false
		case o != nil:
			fmt.Fprintf(&b, "[packages.archive]\n")
			field(&b, "subdirectory", o.Subdirectory)
			b.WriteString(strings.Join(p.File.fields(), "\n") + "\n")
		case p.IsSdist:
			field(&b, "index", p.Index)
			fmt.Fprintf(&b, "sdist = { name = %s, %s }\n", quote(p.File.Name), strings.Join(p.File.fields(), ", "))
		default:
			field(&b, "index", p.Index)
			fmt.Fprintf(&b, "wheels = [{ name = %s, %s }]\n", quote(p.File.Name), strings.Join(p.File.fields(), ", "))
		}
	}
	return b.String(), true
}

// Located tells whether the package says itself where its files are; others are looked up on an index, by their hashes.
func (p Package) Located() bool {
	return p.Origin != nil && p.Origin.VCS+p.Origin.Directory != "" || p.File != nil && p.File.URL != ""
}

// fields are the lines of a file that every kind of it has.
func (f *File) fields() []string {
	location := "url"
	if !strings.Contains(f.URL, "://") {
		location = "path"
	}
	list := []string{location + " = " + quote(f.URL)}
	if f.Size > 0 {
		list = append(list, fmt.Sprintf("size = %d", f.Size))
	}
	algorithm, sum, ok := strings.Cut(f.hash(), ":")
	if !ok {
		return append(list, "hashes = {}") // an index that says none
	}
	if !bareKey.MatchString(algorithm) {
		algorithm = quote(algorithm)
	}
	return append(list, fmt.Sprintf("hashes = { %s = %s }", algorithm, quote(sum)))
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func field(b *strings.Builder, key, value string) {
	if value != "" {
		fmt.Fprintf(b, "%s = %s\n", key, quote(value))
	}
}

// quote writes a TOML basic string.
func quote(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}
