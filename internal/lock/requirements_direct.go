package lock

import (
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/lockstep/python/internal/decode"
	"github.com/lockstep/python/internal/pep508"
)

var (
	archiveName = regexp.MustCompile(`\.(?:whl|zip|tgz|tar\.gz|tar\.bz2|tar\.xz|tar\.zst)$`)
	directLine  = regexp.MustCompile(`^(?:\.|\$\{|file:|[^\s@;"']*/|[^\s@;=<>]+\.(?:whl|zip|tgz|tar\.\w+)(?:[\s\[;]|$))`)
)

// direct tells a path or a URL from a name.
func direct(text string) bool { return directLine.MatchString(text) }

var looseLine = regexp.MustCompile(`^(\S+?)(?:\[[^\]\s]*\])?(?:\s*;\s*(.*))?$`)

// looseReference reads a path or URL that stands without a name, as pip takes them: "./lib[extra] ; marker". The name is the one
// that the reference itself says, if it does.
func looseReference(text string) pep508.Requirement {
	m := looseLine.FindStringSubmatch(text)
	if m == nil {
		return pep508.Requirement{URL: text}
	}
	r := pep508.Requirement{URL: m[1]}
	if marker, err := readMarker(m[2]); err == nil {
		r.Marker = marker
	} else {
		r.URL = text // uv will say what is wrong with it
	}
	location, fragment := cutFragment(r.URL)
	egg, _, _ := strings.Cut(fragment.Get("egg"), "[")
	if name, _ := fileVersion(unescape(path.Base(location))); egg == "" {
		egg = name
	}
	r.Name = pep508.NewName(egg)
	return r
}

func cutFragment(text string) (string, url.Values) {
	location, fragment, _ := strings.Cut(text, "#")
	values, err := url.ParseQuery(fragment)
	if err != nil {
		values = nil
	}
	return location, values
}

// fileVersion reads name and version off the name of a wheel or sdist.
func fileVersion(file string) (name, version string) {
	stem := archiveName.ReplaceAllString(file, "")
	if stem == file {
		return "", ""
	}
	if parts := strings.Split(stem, "-"); strings.HasSuffix(file, ".whl") {
		if len(parts) < 5 {
			return "", ""
		}
		return parts[0], parts[1]
	}
	if at := strings.LastIndex(stem, "-"); at > 0 {
		return stem[:at], stem[at+1:]
	}
	return "", ""
}

var fullCommit = regexp.MustCompile(`^git\+(.*)@([0-9a-f]{40})$`)

// settle finds out what a direct line installs: a commit, a file with a hash, a directory that says its name. Where any of it is
// open, the line has no entry and uv has to resolve it.
func (r *requirementsReader) settle(line *RequirementLine) error {
	location, fragment := cutFragment(line.Requirement.URL)
	name := line.Requirement.Name
	for _, other := range []string{"svn", "hg", "bzr"} {
		if strings.HasPrefix(location, other+"+") {
			return otherVCS(other, line.Where)
		}
	}
	if m := fullCommit.FindStringSubmatch(location); m != nil {
		if name != "" {
			line.entry = &Entry{Name: name, Origin: &Origin{VCS: withoutCredentials(m[1]), Commit: m[2], Subdirectory: fragment.Get("subdirectory")}}
		}
		return nil
	}
	if sum := fragment.Get("sha256"); sum != "" && len(line.Hashes) == 0 {
		line.Hashes = []string{"sha256:" + sum}
	}
	if !strings.Contains(location, "://") && !strings.HasPrefix(location, "${") {
		location = path.Clean(strings.TrimPrefix(location, "file:"))
		if r.directory(line, location) {
			return nil
		}
	}
	line.entry = fileEntry(name, location, fragment.Get("subdirectory"), line.Hashes)
	return nil
}

// fileEntry is a file that one hash identifies.
func fileEntry(name pep508.Name, location, subdirectory string, hashes []string) *Entry {
	file := File{Name: unescape(path.Base(location)), URL: withoutCredentials(location)}
	said, version := fileVersion(file.Name)
	if len(hashes) != 1 || name == "" || said == "" || pep508.NewName(said) != name {
		return nil
	}
	if sum, ok := strings.CutPrefix(hashes[0], "sha256:"); ok {
		file.SHA256 = sum
	} else {
		file.Hash = hashes[0]
	}
	e := &Entry{Name: name, Version: version, Origin: &Origin{URL: file.URL, Subdirectory: subdirectory}}
	if strings.HasSuffix(file.Name, ".whl") {
		e.Wheels = []File{file}
	} else {
		e.Sdist = &file
	}
	return e
}

// directory settles a line that names a directory of the app, and puts its metadata into the digest: what it requires belongs
// to what is resolved.
func (r *requirementsReader) directory(line *RequirementLine, dir string) bool {
	info, err := fs.Stat(r.app, dir)
	if err != nil || !info.IsDir() {
		return false
	}
	for _, name := range []string{"pyproject.toml", "setup.cfg", "setup.py"} {
		if data, err := fs.ReadFile(r.app, path.Join(dir, name)); err == nil {
			r.digest = append(r.digest, path.Join(dir, name), string(data))
			if name == "pyproject.toml" && line.Requirement.Name == "" {
				line.Requirement.Name = projectName(data)
			}
		}
	}
	if line.Requirement.Name != "" {
		line.entry = &Entry{Name: line.Requirement.Name, Origin: &Origin{Directory: dir}}
	}
	return true
}

// projectName is the name that a pyproject.toml gives, or nothing.
func projectName(data []byte) pep508.Name {
	var file struct {
		Project struct{ Name string }
		Tool    struct{ Poetry struct{ Name string } }
	}
	if err := decode.TOML(data, &file); err != nil {
		return ""
	}
	if file.Project.Name == "" {
		return pep508.NewName(file.Tool.Poetry.Name)
	}
	return pep508.NewName(file.Project.Name)
}
