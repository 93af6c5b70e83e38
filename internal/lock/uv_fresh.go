package lock

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// uvMetadata is what uv.lock remembers of a manifest, so that a change of the manifest can be told without an index.
type uvMetadata struct {
	RequiresDist   []uvRequirement            `toml:"requires-dist"`
	ProvidesExtras []string                   `toml:"provides-extras"`
	RequiresDev    map[string][]uvRequirement `toml:"requires-dev"`
}

type uvRequirement struct {
	Name, Specifier, Marker                      string
	Extras                                       []string
	Git, URL, Path, Directory, Editable, Virtual string
	Subdirectory, Index                          string
}

// manifests reads the manifest of the app dir and of each package of the lock that is a directory in it, by directory. Those
// that are not there are passed over: a build may be given a part of a workspace.
func (f *uvLock) manifests(app fs.FS) (map[string]Manifest, error) {
	found := map[string]Manifest{}
	directories := []string{"."}
	for _, p := range f.Packages {
		directories = append(directories, p.Source.local())
	}
	for _, directory := range directories {
		name := path.Join(directory, "pyproject.toml")
		data, err := fs.ReadFile(app, name)
		if directory == "" || err != nil {
			continue
		}
		m, err := readManifest(name, data)
		if err != nil {
			return nil, err
		}
		found[directory] = m
	}
	return found, nil
}

// check compares uv.lock with the manifests that it was made from, offline, and fails with everything that drifted. What
// cannot be known from the files alone (dynamic metadata, an index's answer) is passed over: a lock that uv takes is never
// refused.
func (f *uvLock) check(app fs.FS, manifests map[string]Manifest) error {
	root := manifests["."]
	f.environments = environments(f.RequiresPython)
	drift := f.pythonDrift(manifests)
	drift = append(drift, f.memberDrift(app, root)...)
	for i := range f.Packages {
		p := &f.Packages[i]
		m, ok := manifests[p.Source.local()]
		if !ok || m.Project.Name == "" || slices.Contains(m.Project.Dynamic, "dependencies") {
			continue
		}
		more, err := f.packageDrift(p, root, m)
		if err != nil {
			return err
		}
		drift = append(drift, more...)
	}
	more, err := f.rootDrift(root)
	if err != nil {
		return err
	}
	if drift = append(drift, more...); len(drift) > 0 {
		return stale(f.name, drift)
	}
	return nil
}

// packageDrift compares one package that is a directory with its manifest.
func (f *uvLock) packageDrift(p *uvPackage, root, m Manifest) ([]string, error) {
	file := path.Join(p.Source.local(), "pyproject.toml")
	c := comparison{manifest: file, lock: f.name, python: f.RequiresPython, environments: f.environments}
	r := resolver{own: m.Tool.UV.Sources, indexes: m.Tool.UV.Indexes, directory: p.Source.local(), off: m.Tool.UV.NoSources || root.Tool.UV.NoSources}
	member := p.Source.local() == "." || slices.Contains(f.Manifest.Members, p.Name)
	if member {
		r.shared = root.Tool.UV.Sources
		r.indexes = slices.Concat(m.Tool.UV.Indexes, root.Tool.UV.Indexes)
	}
	wanted, err := m.requirements(r, file)
	if err != nil {
		return nil, err
	}
	var drift []string
	if !slices.Contains(m.Project.Dynamic, "optional-dependencies") {
		now, was := pep508.NewNames(slices.Collect(maps.Keys(m.Project.Optional))), pep508.NewNames(p.Metadata.ProvidesExtras)
		c.extras = slices.Concat(now, was)
		if p.Metadata.ProvidesExtras != nil {
			drift = added("extra", file, f.name, now, was)
		}
	}
	drift = append(drift, c.differences("", wanted, locked(p.Metadata.RequiresDist))...)
	if !member {
		return drift, nil
	}
	more, err := c.groupDrift(m, r, p.Metadata.RequiresDev)
	return append(drift, more...), err
}

// rootDrift compares what a workspace as a whole says.
func (f *uvLock) rootDrift(root Manifest) ([]string, error) {
	c := comparison{manifest: "pyproject.toml", lock: f.name, python: f.RequiresPython, environments: f.environments}
	var drift []string
	uv := root.Tool.UV
	for _, list := range []struct {
		key    string
		texts  []any
		locked []uvRequirement
	}{
		{"constraint-dependencies", uv.Constraints, f.Manifest.Constraints},
		{"override-dependencies", uv.Overrides, f.Manifest.Overrides},
		{"build-constraint-dependencies", uv.BuildConstraints, f.Manifest.BuildConstraints},
	} {
		texts, ok := onlyTexts(list.texts)
		if !ok {
			continue
		}
		wanted, err := parseAll(texts, "", resolver{off: true}, "pyproject.toml, tool.uv."+list.key)
		if err != nil {
			return nil, err
		}
		drift = append(drift, c.differences(" ("+list.key+")", wanted, plain(locked(list.locked)))...)
	}
	if wanted, was := pep508.NewNames(uv.Excludes), pep508.NewNames(f.Manifest.Excludes); !slices.Equal(wanted, was) {
		drift = append(drift, fmt.Sprintf("pyproject.toml excludes %s (exclude-dependencies), %s was made for %s", orNothing(wanted), f.name, orNothing(was)))
	}
	if root.Project.Name == "" {
		more, err := c.groupDrift(root, resolver{own: uv.Sources, indexes: uv.Indexes, directory: ".", off: uv.NoSources}, f.Manifest.Groups)
		return append(drift, more...), err
	}
	return drift, nil
}

func (c comparison) groupDrift(m Manifest, r resolver, was map[string][]uvRequirement) ([]string, error) {
	groups, lockedGroups := m.groups(), map[pep508.Name][]uvRequirement{}
	for name, list := range was {
		lockedGroups[pep508.NewName(name)] = list
	}
	c.extras = nil
	var drift []string
	for _, name := range slices.Sorted(maps.Keys(union(groups, lockedGroups))) {
		list, err := parseAll(groups[name], "", r, c.manifest+", dependency-groups."+string(name))
		if err != nil {
			return nil, err
		}
		group := c
		if own := of(name, m.Tool.UV.GroupSettings).RequiresPython; own != "" { // uv puts it into the markers of the group
			group.environments = environments(c.python + "," + own)
		}
		drift = append(drift, group.differences(" (group "+string(name)+")", list, locked(lockedGroups[name]))...)
	}
	return drift, nil
}

// memberDrift looks for members that the lock does not know.
func (f *uvLock) memberDrift(app fs.FS, root Manifest) []string {
	known := pep508.NewNames(f.Manifest.Members)
	var drift []string
	for _, pattern := range root.Tool.UV.Workspace.Members {
		directories, err := fs.Glob(app, path.Clean(pattern))
		if err != nil || strings.Contains(pattern, "**") {
			continue
		}
		for _, directory := range directories {
			data, err := fs.ReadFile(app, path.Join(directory, "pyproject.toml"))
			if err != nil || directory == "." || excluded(directory, root.Tool.UV.Workspace.Exclude) {
				continue
			}
			m, err := readManifest(directory, data)
			managed := m.Tool.UV.Managed == nil || *m.Tool.UV.Managed
			if name := pep508.NewName(m.Project.Name); err == nil && managed && name != "" && !slices.Contains(known, name) {
				drift = append(drift, fmt.Sprintf("%s (%s) is a member of the workspace and not in %s", name, directory, f.name))
			}
		}
	}
	return drift
}

func excluded(directory string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(path.Clean(pattern), directory)
		return matched || err != nil || strings.Contains(pattern, "**")
	})
}

// pythonDrift compares requires-python, which in a workspace is what all members take. Texts may differ: uv writes bounds in
// a form of its own (~=3.11 as >=3.11, <4). A grid of versions that is finer than what Python releases decides.
func (f *uvLock) pythonDrift(manifests map[string]Manifest) []string {
	var all []pep440.Specifiers
	var texts []string
	for i := range f.Packages {
		p := &f.Packages[i]
		if p.Source.local() != "." && !slices.Contains(f.Manifest.Members, p.Name) {
			continue
		}
		m, ok := manifests[p.Source.local()]
		specifiers, err := pep440.ParseSpecifiers(m.Project.RequiresPython)
		if !ok || err != nil || slices.Contains(m.Project.Dynamic, "requires-python") {
			return nil
		}
		if m.Project.RequiresPython != "" {
			all = append(all, specifiers)
			texts = append(texts, m.Project.RequiresPython+" in "+path.Join(p.Source.local(), "pyproject.toml"))
		}
	}
	was, err := pep440.ParseSpecifiers(f.RequiresPython)
	if err != nil || len(all) == 0 || f.RequiresPython == "" || samePython(all, was) {
		return nil
	}
	return []string{fmt.Sprintf("requires-python is %s, %s in %s", strings.Join(texts, " and "), f.RequiresPython, f.name)}
}

// samePython tells whether all of some specifiers together take the same versions as one.
func samePython(all []pep440.Specifiers, one pep440.Specifiers) bool {
	for minor := range 40 {
		for micro := range 40 {
			v, err := pep440.Parse(fmt.Sprintf("3.%d.%d", minor, micro))
			takes := !slices.ContainsFunc(all, func(s pep440.Specifiers) bool { return !s.Contains(v) })
			if err == nil && takes != one.Contains(v) {
				return false
			}
		}
	}
	return true
}

// added lists names that only one side has.
func added(kind, manifest, lock string, now, was []pep508.Name) []string {
	var drift []string
	for _, name := range now {
		if !slices.Contains(was, name) {
			drift = append(drift, fmt.Sprintf("the %s %s is in %s and not in %s", kind, name, manifest, lock))
		}
	}
	for _, name := range was {
		if !slices.Contains(now, name) {
			drift = append(drift, fmt.Sprintf("the %s %s is in %s and no longer in %s", kind, name, lock, manifest))
		}
	}
	return drift
}

func orNothing(list []pep508.Name) string {
	if len(list) == 0 {
		return "nothing"
	}
	return joined(list)
}

func joined(extras []pep508.Name) string {
	var list []string
	for _, extra := range extras {
		list = append(list, string(extra))
	}
	return strings.Join(list, ",")
}

func union[A, B any](a map[pep508.Name]A, b map[pep508.Name]B) map[pep508.Name]bool {
	keys := map[pep508.Name]bool{}
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	return keys
}
