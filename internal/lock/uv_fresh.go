package lock

import (
	"fmt"
	"maps"
	"regexp"
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
	Groups map[string][]any `toml:"dependency-groups"`
	Tool   struct {
		UV struct {
			Dev     []string       `toml:"dev-dependencies"`
			Sources map[string]any `toml:"sources"`
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
// cannot be known from the two files alone (dynamic metadata, markers, which uv rewrites) is passed over: a lock that uv takes
// is never refused.
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
	was := locked(root.Metadata.RequiresDist)
	if slices.Contains(m.Project.Dynamic, "optional-dependencies") {
		was = withoutExtras(was)
	}
	drift = append(drift, compare("", wanted, was)...)
	lockedGroups := map[pep508.Name][]uvRequirement{}
	for name, list := range root.Metadata.RequiresDev {
		lockedGroups[pep508.NewName(name)] = list
	}
	groups := m.groups()
	for _, name := range slices.Sorted(maps.Keys(union(groups, lockedGroups))) {
		list, err := parseAll(groups[name], "", "dependency-groups."+string(name))
		if err != nil {
			return err
		}
		drift = append(drift, compare(" (group "+string(name)+")", list, locked(lockedGroups[name]))...)
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

// samePython tells whether two specifiers take the same versions. Their texts may differ: uv writes bounds in a form of its
// own (~=3.11 as >=3.11, <4). A grid of versions that is finer than what Python releases decides.
func samePython(manifest, lock string) bool {
	if manifest == "" || lock == "" {
		return true
	}
	a, errA := pep440.ParseSpecifiers(manifest)
	b, errB := pep440.ParseSpecifiers(lock)
	if errA != nil || errB != nil || a.Equal(b) {
		return true
	}
	for minor := range 40 {
		for micro := range 40 {
			v, err := pep440.Parse(fmt.Sprintf("3.%d.%d", minor, micro))
			if err == nil && a.Contains(v) != b.Contains(v) {
				return false
			}
		}
	}
	return true
}

// wish is one requirement in the form that manifest and lock are compared in: markers are left out, since uv rewrites them.
type wish struct {
	extra      string // of the project, that asks for it
	extras     string // of the package, that are asked for
	specifiers pep440.Specifiers
	elsewhere  bool // from a VCS, a URL or a path: specifiers and extras cannot be compared
	unclear    bool // which extra asks for it cannot be told
}

// requirements lists what the manifest requires, extras included as uv.lock does.
func (m Manifest) requirements() (map[pep508.Name][]wish, error) {
	all, err := parseAll(m.Project.Dependencies, "", "project.dependencies")
	if err != nil {
		return nil, err
	}
	for _, extra := range slices.Sorted(maps.Keys(m.Project.Optional)) {
		list, err := parseAll(m.Project.Optional[extra], extra, "project.optional-dependencies."+extra)
		if err != nil {
			return nil, err
		}
		for name, wishes := range list {
			all[name] = append(all[name], wishes...)
		}
	}
	return all, nil
}

// groups gives the requirements of every dependency group, includes followed (PEP 735) and uv's older dev list added.
func (m Manifest) groups() map[pep508.Name][]string {
	written := map[pep508.Name][]any{}
	for name, list := range m.Groups {
		written[pep508.NewName(name)] = list
	}
	all := map[pep508.Name][]string{}
	for name := range written {
		all[name] = expandGroup(written, name, nil)
	}
	if len(m.Tool.UV.Dev) > 0 {
		all["dev"] = append(all["dev"], m.Tool.UV.Dev...)
	}
	return all
}

func expandGroup(written map[pep508.Name][]any, name pep508.Name, inside []pep508.Name) []string {
	if slices.Contains(inside, name) {
		return nil // includes itself: uv refuses to lock that
	}
	var list []string
	for _, item := range written[name] {
		switch item := item.(type) {
		case string:
			list = append(list, item)
		case map[string]any:
			included, _ := item["include-group"].(string)
			list = append(list, expandGroup(written, pep508.NewName(included), append(slices.Clone(inside), name))...)
		}
	}
	return list
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

func parseAll(texts []string, extra, where string) (map[pep508.Name][]wish, error) {
	out := map[pep508.Name][]wish{}
	for _, text := range texts {
		r, err := pep508.Parse(text)
		if err != nil {
			return nil, badRequirement(text, "pyproject.toml, "+where, err)
		}
		w := wish{extra: string(pep508.NewName(extra)), extras: joined(r.Extras), specifiers: r.Specifiers, elsewhere: r.URL != ""}
		w.unclear = strings.Contains(r.Marker.String(), "extra")
		out[r.Name] = append(out[r.Name], w)
	}
	return out, nil
}

// extraMarker is how uv writes which extra asks for a requirement, joined to the requirement's own marker.
var extraMarker = regexp.MustCompile(`\bextra == '([^']*)'`)

// askedBy is the extra in a marker of uv.lock. It is unclear when there are several, or when uv saw that the marker never holds.
func askedBy(marker string) (extra string, unclear bool) {
	for _, m := range extraMarker.FindAllStringSubmatch(marker, -1) {
		unclear = unclear || extra != "" && extra != m[1]
		extra = m[1]
	}
	return extra, unclear || extra == "" && strings.Contains(marker, "python_version < '0'")
}

func withoutExtras(lock map[pep508.Name][]wish) map[pep508.Name][]wish {
	out := map[pep508.Name][]wish{}
	for name, wishes := range lock {
		if main := slices.DeleteFunc(wishes, func(w wish) bool { return w.extra != "" || w.unclear }); len(main) > 0 {
			out[name] = main
		}
	}
	return out
}

func locked(list []uvRequirement) map[pep508.Name][]wish {
	out := map[pep508.Name][]wish{}
	for _, r := range list {
		specifiers, err := pep440.ParseSpecifiers(r.Specifier)
		w := wish{extras: joined(names(r.Extras)), specifiers: specifiers}
		w.elsewhere = err != nil || r.Git+r.URL+r.Path+r.Directory+r.Editable+r.Virtual != ""
		w.extra, w.unclear = askedBy(r.Marker)
		name := pep508.NewName(r.Name)
		out[name] = append(out[name], w)
	}
	return out
}

func joined(extras []pep508.Name) string {
	var list []string
	for _, extra := range extras {
		list = append(list, string(extra))
	}
	return strings.Join(list, ",")
}

// compare lists the differences, sorted by name.
func compare(group string, manifest, lock map[pep508.Name][]wish) []string {
	var drift []string
	for name := range union(manifest, lock) {
		now, was := describe(name, manifest[name])+group, describe(name, lock[name])+group
		switch {
		case lock[name] == nil:
			drift = append(drift, now+" is required by pyproject.toml and not in uv.lock")
		case manifest[name] == nil:
			drift = append(drift, was+" is in uv.lock and no longer required by pyproject.toml")
		case !alike(manifest[name], lock[name]):
			drift = append(drift, fmt.Sprintf("pyproject.toml requires %s, uv.lock was made for %s", now, was))
		}
	}
	sort.Strings(drift)
	return drift
}

// alike tells whether every wish has its like on the other side; how often it occurs (per marker) does not matter.
func alike(a, b []wish) bool { return covers(a, b) && covers(b, a) }

func covers(a, b []wish) bool {
	for _, w := range a {
		if !slices.ContainsFunc(b, w.like) {
			return false
		}
	}
	return true
}

func (w wish) like(other wish) bool {
	if w.extra != other.extra && !w.unclear && !other.unclear {
		return false
	}
	return w.elsewhere || other.elsewhere || w.extras == other.extras && w.specifiers.Equal(other.specifiers)
}

func describe(name pep508.Name, wishes []wish) string {
	var parts []string
	for _, w := range wishes {
		text := string(name)
		if w.extras != "" {
			text += "[" + w.extras + "]"
		}
		text += w.specifiers.String()
		if w.extra != "" {
			text += " (extra " + w.extra + ")"
		}
		parts = append(parts, text)
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
