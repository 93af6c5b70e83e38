package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// check compares the lock with the manifest, which it reads with those of a workspace's members.
func (f *pdmLock) check(app fs.FS, l *Lock) (m *pdmManifest, members map[string]*pdmManifest, err error) {
	f.versions = map[pep508.Name][]string{}
	for _, p := range f.Packages {
		if name := pep508.NewName(p.Name); !slices.Contains(f.versions[name], p.Version) {
			f.versions[name] = append(f.versions[name], p.Version)
		}
	}
	if m, err = readPDMManifest(app, "pyproject.toml"); err != nil {
		return m, nil, err
	}
	members, known, err := m.members(app)
	if err == nil && known {
		l.Matches, err = f.compare(m, members)
	}
	return m, members, err
}

// asPDM is a pylock that PDM wrote, as far as its own form says what the lock was made from.
func (file pylock) asPDM(name string) *pdmLock {
	f := &pdmLock{name: name}
	f.Metadata.Inputs, f.Metadata.Groups = file.Tool.PDM.Inputs, slices.Concat(file.Groups, file.Extras)
	if sum := file.Tool.PDM.Hashes["sha256"]; sum != "" {
		f.Metadata.ContentHash = "sha256:" + sum
	}
	for _, p := range file.Packages {
		f.Packages = append(f.Packages, pdmPackage{Name: p.Name, Version: p.Version, Dependencies: p.Tool.PDM.Dependencies})
	}
	return f
}

// compare tells whether the lock was made for the manifest, by PDM's own hash: it names the manifest when it agrees, nothing
// when that cannot be known, and fails with what drifted when it was made for another one.
func (f pdmLock) compare(m *pdmManifest, members map[string]*pdmManifest) (string, error) {
	if m == nil || m.raw["project"] == nil {
		return "", nil // PDM hashes what it translates from Poetry or Flit
	}
	if f.Metadata.Inputs != nil {
		if drift := f.Metadata.Inputs.drift(f, m, members); len(drift) > 0 {
			return "", staleLock(f.name, m.file, drift, "pdm lock")
		}
		return "", nil
	}
	hash, ok := strings.CutPrefix(f.Metadata.ContentHash, "sha256:")
	if !ok {
		return "", nil
	}
	hashes, err := m.hashes(members)
	if err != nil {
		return "", nil // a value that Python cannot write as JSON either
	}
	if slices.Contains(hashes, hash) {
		return m.file, nil
	}
	return "", staleLock(f.name, m.file, f.drift(m, members), "pdm lock")
}

// hashes are what the releases of PDM make of the manifest. Lock 4.4.2 began to hash the whole resolution table in place of its
// overrides, PDM 2.20 the standard dependency groups together with its own, and later ones a workspace's members.
func (m *pdmManifest) hashes(members map[string]*pdmManifest) (all []string, err error) {
	if len(subtable(m.tool(), "workspace")) > 0 {
		hash, err := m.workspaceHash(members)
		return []string{hash}, err
	}
	overrides := valueOr(m.tool(), "overrides", valueOr(m.resolution(), "overrides", map[string]any{}))
	for _, dev := range []any{m.mergedGroups(), valueOr(m.tool(), "dev-dependencies", map[string]any{})} {
		for key, value := range map[string]any{"resolution": any(m.resolution()), "overrides": overrides} {
			hash, err := m.hash(dev, key, value)
			if err != nil {
				return nil, err
			}
			all = append(all, hash)
		}
	}
	return all, nil
}

func (m *pdmManifest) tool() map[string]any { return subtable(subtable(m.raw, "tool"), "pdm") }

func (m *pdmManifest) resolution() map[string]any { return subtable(m.tool(), "resolution") }

func (m *pdmManifest) hash(dev any, key string, value any) (string, error) {
	project := subtable(m.raw, "project")
	text, err := pyJSON(map[string]any{
		"sources":               valueOr(m.tool(), "source", []any{}),
		"dependencies":          valueOr(project, "dependencies", []any{}),
		"dev-dependencies":      dev,
		"optional-dependencies": valueOr(project, "optional-dependencies", map[string]any{}),
		"requires-python":       valueOr(project, "requires-python", ""),
		key:                     value,
	}, spaced)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), err
}

func (m *pdmManifest) mergedGroups() map[string]any {
	merged := map[string]any{}
	for _, written := range []map[string]any{subtable(m.raw, "dependency-groups"), subtable(m.tool(), "dev-dependencies")} {
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
func (f pdmLock) drift(m *pdmManifest, members map[string]*pdmManifest) []string {
	needed := map[pep508.Name]bool{}
	for _, p := range f.Packages {
		for _, line := range p.Dependencies {
			if wish, err := parsePDMLine(line); err == nil && wish.Name != pep508.NewName(p.Name) {
				needed[wish.Name] = true
			}
		}
	}
	groups := pep508.NewNames(f.Metadata.Groups)
	if len(groups) == 0 {
		groups = slices.Concat([]pep508.Name{"default"}, m.extras(), m.devGroups())
	}
	drift := f.unmet(m, groups, needed)
	for _, directory := range slices.Sorted(maps.Keys(members)) {
		needed[pep508.NewName(members[directory].Project.Name)] = true
		drift = append(drift, f.unmet(members[directory], []pep508.Name{"default"}, needed)...)
	}
	for _, name := range slices.Sorted(maps.Keys(f.versions)) {
		if !needed[name] {
			drift = append(drift, fmt.Sprintf("%s is in %s and no longer required by %s", name, f.name, m.file))
		}
	}
	if t := f.Metadata.Targets; len(t) == 1 {
		drift = append(drift, pythonMoved(m.file, m.Project.Python, f.name, t[0].Python)...)
	}
	if len(drift) == 0 {
		drift = []string{"its content hash differs: a marker, a source, a group or a setting of the resolution was changed"}
	}
	sort.Strings(drift)
	return drift
}

// unmet lists the requirements of groups that the lock does not meet, and adds all names that are asked for to what is needed.
func (f pdmLock) unmet(m *pdmManifest, groups []pep508.Name, needed map[pep508.Name]bool) (drift []string) {
	for _, group := range groups {
		for _, line := range m.lines([]pep508.Name{group}) {
			wish, err := parsePDMLine(line)
			if err != nil || m.excludes(string(wish.Name)) {
				continue
			}
			needed[wish.Name] = true
			outgrown := f.outgrown(wish, m)
			drift = append(drift, outgrown...)
			switch {
			case len(f.versions[wish.Name]) == 0:
				drift = append(drift, fmt.Sprintf("%s is required by %s and not in %s", wish.Name, m.file, f.name))
			case outgrown == nil && f.inherits() && !f.serves(wish.Name, group):
				drift = append(drift, fmt.Sprintf("%s is required by the group %s of %s, and in %s for others only", wish.Name, group, m.file, f.name))
			}
		}
	}
	return drift
}

// outgrown says that a requirement admits none of the versions that are locked.
func (f pdmLock) outgrown(w pdmWish, m *pdmManifest) []string {
	locked := f.versions[w.Name]
	if len(locked) == 0 || slices.ContainsFunc(locked, w.admits) || m.overrides(w.Name) || m.excludes(string(w.Name)) {
		return nil
	}
	return []string{fmt.Sprintf("%s requires %s%s, %s has %s", m.file, w.Name, w.Specifiers, f.name, strings.Join(locked, " and "))}
}

// serves tells whether a package was locked for a group.
func (f pdmLock) serves(name, group pep508.Name) bool {
	return slices.ContainsFunc(f.Packages, func(p pdmPackage) bool {
		return pep508.NewName(p.Name) == name && (len(p.Groups) == 0 || slices.Contains(pep508.NewNames(p.Groups), group))
	})
}

// pythonMoved compares two specifiers; one that is not there says nothing.
func pythonMoved(manifest, now, lock, was string) []string {
	x, errX := pep440.ParseSpecifiers(now)
	y, errY := pep440.ParseSpecifiers(was)
	if now == "" || was == "" || errX != nil || errY != nil || samePython([]pep440.Specifiers{x}, y) {
		return nil
	}
	return []string{fmt.Sprintf("requires-python is %s in %s, %s in %s", now, manifest, was, lock)}
}
