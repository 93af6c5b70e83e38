package lock

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// uvMetadata is what uv.lock remembers of a manifest, so that a change of the manifest can be told without an index.
type uvMetadata struct {
	RequiresDist []uvRequirement            `toml:"requires-dist"`
	RequiresDev  map[string][]uvRequirement `toml:"requires-dev"`
}

type uvRequirement struct {
	Name, Specifier, Marker                      string
	Extras                                       []string
	Git, URL, Path, Directory, Editable, Virtual string
	Index                                        string
}

// Manifest is what pyproject.toml says about dependencies.
type Manifest struct {
	Project struct {
		Name           string              `toml:"name"`
		RequiresPython string              `toml:"requires-python"`
		Dependencies   []string            `toml:"dependencies"`
		Optional       map[string][]string `toml:"optional-dependencies"`
		Dynamic        []string            `toml:"dynamic"`
	} `toml:"project"`
	Groups      map[string][]any `toml:"dependency-groups"`
	BuildSystem *struct{}        `toml:"build-system"`
	Tool        struct {
		UV struct {
			Dev     []string `toml:"dev-dependencies"`
			Package *bool    `toml:"package"`
		} `toml:"uv"`
		Poetry map[string]any `toml:"poetry"`
	} `toml:"tool"`
}

// ReadManifest reads pyproject.toml.
func ReadManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := toml.Unmarshal(data, &m); err != nil {
		return Manifest{}, unreadable("pyproject.toml", err)
	}
	return m, nil
}

// CheckUV compares uv.lock with the manifest that it was made from, offline, and fails with everything that drifted. What
// cannot be known from the two files alone (dynamic metadata, groups that include groups) is passed over.
func CheckUV(data []byte, m Manifest) error {
	file, err := parseUV(data)
	if err != nil {
		return err
	}
	root := file.root()
	if root == nil || slices.Contains(m.Project.Dynamic, "dependencies") {
		return nil
	}
	var drift []string
	if !samePython(m.Project.RequiresPython, file.RequiresPython) && !file.workspace() {
		drift = append(drift, fmt.Sprintf("requires-python is %s in pyproject.toml, %s in uv.lock", m.Project.RequiresPython, file.RequiresPython))
	}
	wanted, err := m.requirements()
	if err != nil {
		return err
	}
	drift = append(drift, compare("", wanted, locked(root.Metadata.RequiresDist))...)
	for _, group := range m.simpleGroups() {
		list, err := parseAll(m.group(group), "dependency-groups."+group)
		if err != nil {
			return err
		}
		drift = append(drift, compare(" (group "+group+")", list, locked(root.Metadata.RequiresDev[group]))...)
	}
	if len(drift) > 0 {
		return stale(drift)
	}
	return nil
}

// workspace tells whether other members than the root have a say in requires-python.
func (l *uvLock) workspace() bool {
	members := 0
	for _, p := range l.Packages {
		if p.Source.Virtual != "" || p.Source.Editable != "" {
			members++
		}
	}
	return members > 1
}

func samePython(manifest, lock string) bool {
	if manifest == "" || lock == "" {
		return true
	}
	a, errA := pep440.ParseSpecifiers(manifest)
	b, errB := pep440.ParseSpecifiers(lock)
	return errA != nil || errB != nil || a.Equal(b)
}

// wish is one requirement in the form that manifest and lock are compared in: markers are left out, since uv rewrites them.
type wish struct {
	extras     string
	specifiers pep440.Specifiers
	elsewhere  bool // from a VCS, a URL or a path: only its name can be compared
}

// requirements lists what the manifest requires, extras included as uv.lock does.
func (m Manifest) requirements() (map[pep508.Name][]wish, error) {
	all := append([]string(nil), m.Project.Dependencies...)
	if !slices.Contains(m.Project.Dynamic, "optional-dependencies") {
		for _, list := range m.Project.Optional {
			all = append(all, list...)
		}
	}
	return parseAll(all, "project.dependencies")
}

// simpleGroups names the dependency groups that include no other group, sorted.
func (m Manifest) simpleGroups() []string {
	var names []string
	for name, list := range m.Groups {
		if !slices.ContainsFunc(list, func(item any) bool { _, plain := item.(string); return !plain }) && name != "dev" {
			names = append(names, name)
		}
	}
	if _, ok := m.Groups["dev"]; ok && len(m.Tool.UV.Dev) == 0 {
		names = append(names, "dev")
	}
	sort.Strings(names)
	return names
}

func (m Manifest) group(name string) []string {
	var list []string
	for _, item := range m.Groups[name] {
		if text, ok := item.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

func parseAll(texts []string, where string) (map[pep508.Name][]wish, error) {
	out := map[pep508.Name][]wish{}
	for _, text := range texts {
		r, err := pep508.Parse(text)
		if err != nil {
			return nil, badRequirement(text, "pyproject.toml, "+where, err)
		}
		out[r.Name] = append(out[r.Name], wish{extrasOf(r.Extras), r.Specifiers, r.URL != ""})
	}
	return out, nil
}

func locked(list []uvRequirement) map[pep508.Name][]wish {
	out := map[pep508.Name][]wish{}
	for _, r := range list {
		specifiers, err := pep440.ParseSpecifiers(r.Specifier)
		elsewhere := err != nil || r.Git+r.URL+r.Path+r.Directory+r.Editable+r.Virtual != ""
		var extras []pep508.Name
		for _, extra := range r.Extras {
			extras = append(extras, pep508.NewName(extra))
		}
		name := pep508.NewName(r.Name)
		out[name] = append(out[name], wish{extrasOf(extras), specifiers, elsewhere})
	}
	return out
}

func extrasOf(extras []pep508.Name) string {
	var names []string
	for _, extra := range extras {
		names = append(names, string(extra))
	}
	sort.Strings(names)
	return strings.Join(slices.Compact(names), ",")
}

// compare lists the differences, sorted by name.
func compare(label string, manifest, lock map[pep508.Name][]wish) []string {
	var drift []string
	for name, wishes := range manifest {
		if lock[name] == nil {
			drift = append(drift, fmt.Sprintf("%s%s is required by pyproject.toml and not in uv.lock", describe(name, wishes), label))
		} else if !alike(wishes, lock[name]) {
			drift = append(drift, fmt.Sprintf("pyproject.toml requires %s%s, uv.lock was made for %s", describe(name, wishes), label, describe(name, lock[name])))
		}
	}
	for name, wishes := range lock {
		if manifest[name] == nil {
			drift = append(drift, fmt.Sprintf("%s%s is in uv.lock and no longer required by pyproject.toml", describe(name, wishes), label))
		}
	}
	sort.Strings(drift)
	return drift
}

// alike tells whether every wish has its like on the other side; how often it occurs (per marker) does not matter.
func alike(a, b []wish) bool {
	return covers(a, b) && covers(b, a)
}

func covers(a, b []wish) bool {
	for _, w := range a {
		if !slices.ContainsFunc(b, func(other wish) bool {
			return w.elsewhere || other.elsewhere || w.extras == other.extras && w.specifiers.Equal(other.specifiers)
		}) {
			return false
		}
	}
	return true
}

func describe(name pep508.Name, wishes []wish) string {
	var parts []string
	for _, w := range wishes {
		text := string(name)
		if w.extras != "" {
			text += "[" + w.extras + "]"
		}
		parts = append(parts, text+w.specifiers.String())
	}
	sort.Strings(parts)
	return strings.Join(slices.Compact(parts), " and ")
}

func stale(drift []string) error {
	return &failure.Error{
		What:  "uv.lock does not match pyproject.toml:\n  - " + strings.Join(drift, "\n  - "),
		Where: "uv.lock",
		Fix:   "run 'uv lock' and commit the new uv.lock",
	}
}
