package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// compare tells whether the lock was made for the manifest, by PDM's own hash: it names the manifest when it agrees, nothing
// when that cannot be known, and fails with what drifted when it was made for another one.
func (f pdmLock) compare(m *pdmManifest) (string, error) {
	hash, ok := strings.CutPrefix(f.Metadata.ContentHash, "sha256:")
	if m == nil || !ok || f.Metadata.Inputs != nil {
		return "", nil // lock_inputs covers other projects on the disk too
	}
	if _, ok := m.raw["project"]; !ok {
		return "", nil // PDM hashes what it translates from Poetry or Flit
	}
	hashes, err := m.hashes()
	if err != nil {
		return "", nil // a value that Python cannot write as JSON either
	}
	if slices.Contains(hashes, hash) {
		return "pyproject.toml", nil
	}
	return "", staleLock(f.name, "pyproject.toml", f.drift(m), "pdm lock")
}

// hashes are what the releases of PDM make of the manifest. Lock 4.4.2 began to hash the whole resolution table in place of its
// overrides, and PDM 2.20 the standard dependency groups together with its own.
func (m *pdmManifest) hashes() (all []string, err error) {
	pdm := subtable(subtable(m.raw, "tool"), "pdm")
	resolution, project := subtable(pdm, "resolution"), subtable(m.raw, "project")
	overrides := valueOr(pdm, "overrides", valueOr(resolution, "overrides", map[string]any{}))
	for _, dev := range []any{m.mergedGroups(), valueOr(pdm, "dev-dependencies", map[string]any{})} {
		for key, value := range map[string]any{"resolution": any(resolution), "overrides": overrides} {
			text, err := pyJSON(map[string]any{
				"sources":               valueOr(pdm, "source", []any{}),
				"dependencies":          valueOr(project, "dependencies", []any{}),
				"dev-dependencies":      dev,
				"optional-dependencies": valueOr(project, "optional-dependencies", map[string]any{}),
				"requires-python":       valueOr(project, "requires-python", ""),
				key:                     value,
			}, spaced)
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256([]byte(text))
			all = append(all, hex.EncodeToString(sum[:]))
		}
	}
	return all, nil
}

func (m *pdmManifest) mergedGroups() map[string]any {
	merged := map[string]any{}
	for _, written := range []map[string]any{subtable(m.raw, "dependency-groups"), subtable(subtable(subtable(m.raw, "tool"), "pdm"), "dev-dependencies")} {
		for name, items := range written {
			name = string(pep508.NewName(name))
			list, _ := merged[name].([]any)
			merged[name] = append(slices.Clone(list), sequence(items)...)
		}
	}
	return merged
}

// sequence is a list of TOML, which may have been decoded as a list of tables.
func sequence(value any) (list []any) {
	switch value := value.(type) {
	case []any:
		list = value
	case []map[string]any:
		for _, item := range value {
			list = append(list, item)
		}
	}
	if list == nil {
		list = []any{}
	}
	return list
}

func subtable(parent map[string]any, key string) map[string]any {
	found, _ := parent[key].(map[string]any)
	if found == nil {
		found = map[string]any{}
	}
	return found
}

func valueOr(parent map[string]any, key string, fallback any) any {
	if value, ok := parent[key]; ok {
		return value
	}
	return fallback
}

// drift names what differs between manifest and lock, as far as the two show it.
func (f pdmLock) drift(m *pdmManifest) []string {
	versions, needed := map[pep508.Name][]string{}, map[pep508.Name]bool{}
	for _, p := range f.Packages {
		name := pep508.NewName(p.Name)
		versions[name] = append(versions[name], p.Version)
		for _, line := range p.Dependencies {
			if wish, err := parsePDMLine(line); err == nil && wish.Name != name {
				needed[wish.Name] = true
			}
		}
	}
	drift, asked := f.unmet(m, versions)
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		if !needed[name] && !asked[name] {
			drift = append(drift, fmt.Sprintf("%s is in %s and no longer required by pyproject.toml", name, f.name))
		}
	}
	if t := f.Metadata.Targets; len(t) == 1 && !samePythons(m.Project.Python, t[0].Python) {
		drift = append(drift, fmt.Sprintf("requires-python is %s in pyproject.toml, %s in %s", m.Project.Python, t[0].Python, f.name))
	}
	if len(drift) == 0 {
		drift = []string{"its content hash differs: a marker, a source, a group or a setting of the resolution was changed"}
	}
	sort.Strings(drift)
	return drift
}

// unmet lists the requirements of locked groups that the lock does not meet, and all names that are asked for.
func (f pdmLock) unmet(m *pdmManifest, versions map[pep508.Name][]string) (drift []string, asked map[pep508.Name]bool) {
	asked = map[pep508.Name]bool{}
	groups := pep508.NewNames(f.Metadata.Groups)
	if len(groups) == 0 {
		groups = slices.Concat([]pep508.Name{"default"}, m.extras(), m.devGroups())
	}
	overridden := pep508.NewNames(slices.AppendSeq(slices.Collect(maps.Keys(m.Tool.PDM.Resolution.Overrides)), maps.Keys(m.Tool.PDM.Overrides)))
	for _, group := range groups {
		for _, line := range m.lines([]pep508.Name{group}) {
			wish, err := parsePDMLine(line)
			if err != nil || m.excludes(string(wish.Name)) {
				continue
			}
			asked[wish.Name] = true
			locked := versions[wish.Name]
			switch {
			case len(locked) == 0:
				drift = append(drift, fmt.Sprintf("%s is required by pyproject.toml and not in %s", wish.Name, f.name))
			case !slices.ContainsFunc(locked, wish.admits) && !slices.Contains(overridden, wish.Name):
				drift = append(drift, fmt.Sprintf("pyproject.toml requires %s%s, %s has %s", wish.Name, wish.Specifiers, f.name, strings.Join(slices.Compact(locked), " and ")))
			case f.inherits() && !f.serves(wish.Name, group):
				drift = append(drift, fmt.Sprintf("%s is required by the group %s of pyproject.toml, and in %s for others only", wish.Name, group, f.name))
			}
		}
	}
	return drift, asked
}

// serves tells whether a package was locked for a group.
func (f pdmLock) serves(name, group pep508.Name) bool {
	return slices.ContainsFunc(f.Packages, func(p pdmPackage) bool {
		return pep508.NewName(p.Name) == name && (len(p.Groups) == 0 || slices.Contains(pep508.NewNames(p.Groups), group))
	})
}

// samePythons compares two specifiers as they are written; one that is not there says nothing.
func samePythons(a, b string) bool {
	x, errX := pep440.ParseSpecifiers(a)
	y, errY := pep440.ParseSpecifiers(b)
	return a == "" || b == "" || errX != nil || errY != nil || samePython([]pep440.Specifiers{x}, y)
}
