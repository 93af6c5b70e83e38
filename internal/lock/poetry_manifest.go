package lock

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// poetryManifest is pyproject.toml as Poetry reads it: dependencies stand in [tool.poetry], in [project], or in both.
type poetryManifest struct {
	Project struct {
		Name           string              `toml:"name"`
		Version        string              `toml:"version"`
		RequiresPython string              `toml:"requires-python"`
		Dependencies   []string            `toml:"dependencies"`
		Optional       map[string][]string `toml:"optional-dependencies"`
		Scripts        map[string]any      `toml:"scripts"`
	} `toml:"project"`
	Groups map[string][]any `toml:"dependency-groups"`
	Build  *struct {
		Backend string `toml:"build-backend"`
	} `toml:"build-system"`
	Tool struct {
		Poetry struct {
			Name         string                        `toml:"name"`
			Version      string                        `toml:"version"`
			PackageMode  *bool                         `toml:"package-mode"`
			Packages     []poetryInclude               `toml:"packages"`
			Scripts      map[string]any                `toml:"scripts"`
			Dependencies map[string]poetryDependencies `toml:"dependencies"`
			Dev          map[string]poetryDependencies `toml:"dev-dependencies"`
			Group        map[string]poetryGroup        `toml:"group"`
			Extras       map[string][]string           `toml:"extras"`
			Sources      []poetrySource                `toml:"source"`
		} `toml:"poetry"`
	} `toml:"tool"`
}

type poetryGroup struct {
	Dependencies map[string]poetryDependencies `toml:"dependencies"`
	Include      []string                      `toml:"include-groups"`
}

type poetryInclude struct {
	Include string `toml:"include"`
	From    string `toml:"from"`
}

type poetrySource struct {
	Name     string `toml:"name"`
	URL      string `toml:"url"`
	Priority string `toml:"priority"`
}

func readPoetryManifest(data []byte) (poetryManifest, error) {
	var m poetryManifest
	return m, decodeTOML("pyproject.toml", data, &m)
}

// poetryDependencies are the wishes for one package: one, or several that markers tell apart.
type poetryDependencies []poetryDependency

// poetryDependency is a wish, the same in manifests and in lock files.
type poetryDependency struct {
	Version, Python, Platform, Markers     string
	Git, Branch, Tag, Rev, URL, Path, File string
	Subdirectory, Source                   string
	Extras                                 []string
	Optional, Prereleases                  bool
}

// UnmarshalTOML takes the three forms: a constraint, a table, a list of these.
func (d *poetryDependencies) UnmarshalTOML(value any) error {
	switch v := value.(type) {
	case string:
		*d = append(*d, poetryDependency{Version: v})
	case map[string]any:
		*d = append(*d, dependencyOf(v))
	case []map[string]any:
		for _, item := range v {
			*d = append(*d, dependencyOf(item))
		}
	case []any:
		for _, item := range v {
			if err := d.UnmarshalTOML(item); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("a dependency is a version constraint or a table, not %v", value)
	}
	return nil
}

func dependencyOf(table map[string]any) poetryDependency {
	text := func(key string) string { s, _ := table[key].(string); return s }
	d := poetryDependency{Version: text("version"), Python: text("python"), Platform: text("platform"), Markers: text("markers"),
		Git: text("git"), Branch: text("branch"), Tag: text("tag"), Rev: text("rev"), URL: text("url"), Path: text("path"), File: text("file"),
		Subdirectory: text("subdirectory"), Source: text("source")}
	d.Optional, _ = table["optional"].(bool)
	d.Prereleases, _ = table["allow-prereleases"].(bool)
	extras, _ := table["extras"].([]any)
	for _, extra := range extras {
		if s, ok := extra.(string); ok {
			d.Extras = append(d.Extras, s)
		}
	}
	return d
}

// place is where a package is that comes from no index.
func (d poetryDependency) place() string {
	if local := d.Path + d.File; local != "" {
		return path.Clean(local)
	}
	return d.Git + d.URL
}

// marker is everything that the wish hangs on.
func (d poetryDependency) marker() (string, error) {
	python, err := parsePython(d.Python)
	if err != nil {
		return "", err
	}
	platform := ""
	if d.Platform != "" && d.Platform != "*" {
		if platform, err = platformMarker(d.Platform); err != nil {
			return "", err
		}
	}
	return allOf(d.Markers, python.marker(), platform), nil
}

// extras are the app's, each with the packages that it brings, from both tables.
func (m poetryManifest) extras() map[pep508.Name][]pep508.Name {
	out := map[pep508.Name][]pep508.Name{}
	for extra, list := range m.Tool.Poetry.Extras {
		out[pep508.NewName(extra)] = requiredNames(list)
	}
	for extra, list := range m.Project.Optional {
		out[pep508.NewName(extra)] = requiredNames(list)
	}
	return out
}

var leadingName = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)`)

// requiredNames are the names that requirements begin with.
func requiredNames(requirements []string) []pep508.Name {
	var out []pep508.Name
	for _, text := range requirements {
		if m := leadingName.FindStringSubmatch(text); m != nil {
			out = append(out, pep508.NewName(m[1]))
		}
	}
	return out
}

// groups are all dependency groups besides main that a lock may hold.
func (m poetryManifest) groups() []pep508.Name {
	found := map[pep508.Name]bool{}
	for name := range m.Tool.Poetry.Group {
		found[pep508.NewName(name)] = true
	}
	for name := range m.Groups {
		found[pep508.NewName(name)] = true
	}
	if m.Tool.Poetry.Dev != nil {
		found["dev"] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// python is the constraint on Python, and the key that it stands under.
func (m poetryManifest) python() (text, where string) {
	if m.Project.RequiresPython != "" {
		return m.Project.RequiresPython, "project.requires-python"
	}
	for _, d := range m.Tool.Poetry.Dependencies["python"] {
		return d.Version, "tool.poetry.dependencies.python"
	}
	return "", ""
}

// root is the app as a package, or nil where it is not one that can be built. Poetry installs it unless told otherwise; many
// apps are told nothing and have no such package, and these stay where they are.
func (m poetryManifest) root(app fs.FS) *Entry {
	poetry := m.Tool.Poetry
	name, version := m.Project.Name, m.Project.Version
	if name == "" {
		name = poetry.Name
	}
	if version == "" {
		version = poetry.Version
	}
	if name == "" || m.Build == nil || poetry.PackageMode != nil && !*poetry.PackageMode || !m.hasPackage(app, name) {
		return nil
	}
	e := &Entry{Name: pep508.NewName(name), Origin: &Origin{Directory: "."}}
	// A backend that is not Poetry's own, such as poetry-dynamic-versioning, may give another version.
	if v, err := pep440.Parse(version); err == nil && m.Build.Backend == "poetry.core.masonry.api" {
		e.Version = v.String()
	}
	return e
}

func (m poetryManifest) hasPackage(app fs.FS, name string) bool {
	if len(m.Project.Scripts)+len(m.Tool.Poetry.Scripts) > 0 {
		return true
	}
	packages := m.Tool.Poetry.Packages
	if len(packages) == 0 {
		module := strings.ReplaceAll(string(pep508.NewName(name)), "-", "_")
		for _, place := range []string{module, module + ".py", "src/" + module, "src/" + module + ".py"} {
			packages = append(packages, poetryInclude{Include: place})
		}
	}
	return slices.ContainsFunc(packages, func(p poetryInclude) bool { return holdsPython(app, path.Join(p.From, p.Include)) })
}

// holdsPython tells whether there is a Python file at or below a place, whose last parts may be patterns.
func holdsPython(app fs.FS, place string) bool {
	place, _, _ = strings.Cut(place, "/**")
	found, _ := fs.Glob(app, place)
	for _, name := range found {
		_ = fs.WalkDir(app, name, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && path.Ext(file) == ".py" {
				place = ""
				return fs.SkipAll
			}
			return nil
		})
	}
	return place == ""
}
