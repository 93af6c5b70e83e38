package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// members reads the manifests of a workspace's members, by their directories. PDM installs and locks all of them with the project at
// its root. It is not ok when a pattern does not say here what PDM finds by it.
func (m *pdmManifest) members(app fs.FS) (members map[string]*pdmManifest, ok bool, err error) {
	members = map[string]*pdmManifest{}
	if m == nil {
		return members, true, nil
	}
	for _, pattern := range m.Tool.PDM.Workspace.Members {
		found, err := fs.Glob(app, path.Join(path.Clean(pattern), "pyproject.toml"))
		if err != nil || strings.Contains(pattern, "**") || !fs.ValidPath(path.Clean(pattern)) {
			return nil, false, nil
		}
		for _, name := range found {
			if members[path.Dir(name)], err = readPDMManifest(app, name); err != nil {
				return nil, false, err
			}
		}
	}
	return members, true, nil
}

// workspaceHash is the hash of a manifest and its members' (pdm/project/workspace.py).
func (m *pdmManifest) workspaceHash(members map[string]*pdmManifest) (string, error) {
	root, err := m.hash(m.mergedGroups(), "resolution", m.resolution())
	if err != nil {
		return "", err
	}
	all := sha256.New()
	all.Write([]byte(root))
	for _, directory := range slices.Sorted(maps.Keys(members)) {
		own, err := members[directory].hash(members[directory].mergedGroups(), "resolution", members[directory].resolution())
		if err != nil {
			return "", err
		}
		all.Write([]byte("\x00" + directory + "\x00" + own))
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

// implied are the members that nothing in the manifest asks for: the default group has them all the same.
func (r *pdmReader) implied() (roots []Dependency) {
	asked := map[pep508.Name]bool{}
	for _, line := range r.manifest.lines(slices.Concat(r.manifest.extras(), r.manifest.devGroups())) {
		if wish, err := parsePDMLine(line); err == nil {
			asked[wish.Name] = true
		}
	}
	for _, p := range r.file.Packages {
		directory, local := inApp(p.Path)
		if name := pep508.NewName(p.Name); local && p.Path != "" && r.members[directory] != nil && !asked[name] {
			roots = append(roots, Dependency{Name: name, Version: p.Version, Source: p.source()})
		}
	}
	return roots
}

// pdmInputs is what PDM notes in place of a hash when resolution.lock_inputs tells it to.
type pdmInputs struct {
	Project   pdmProjectInputs            `toml:"project"`
	Workspace map[string]pdmProjectInputs `toml:"workspace"`
}

// pdmProjectInputs is that of one project: its requirements by group, without versions and with a digest in place of a URL.
type pdmProjectInputs struct {
	Python string              `toml:"requires-python"`
	Groups map[string][]string `toml:"groups"`
}

// drift names what differs, as far as it can be told without what PDM asks build backends and other directories for.
func (in pdmInputs) drift(f pdmLock, m *pdmManifest, members map[string]*pdmManifest) []string {
	drift := in.Project.drift(f, m)
	drift = append(drift, added("workspace member", m.file, f.name, names(members), names(in.Workspace))...)
	for _, directory := range slices.Sorted(maps.Keys(in.Workspace)) {
		if member := members[directory]; member != nil {
			drift = append(drift, in.Workspace[directory].drift(f, member)...)
		}
	}
	return drift
}

func names[T any](table map[string]T) (list []pep508.Name) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		list = append(list, pep508.Name(name))
	}
	return list
}

func (in pdmProjectInputs) drift(f pdmLock, m *pdmManifest) (drift []string) {
	if !m.requires() {
		return nil
	}
	for _, group := range slices.Concat([]pep508.Name{"default"}, m.extras(), m.devGroups()) {
		kind, now := "requirement", m.lines([]pep508.Name{group})
		if group != "default" {
			kind += " of the group " + string(group)
		}
		drift = append(drift, added(kind, m.file, f.name, named(now), named(of(group, in.Groups)))...)
		for _, line := range now {
			if wish, err := parsePDMLine(line); err == nil && wish.Marker.IsZero() {
				drift = append(drift, f.outgrown(wish, m)...)
			}
		}
	}
	return append(drift, pythonMoved(m.file, m.Project.Python, f.name, in.Python)...)
}

// named are the requirements that have no URL, with their extras.
func named(lines []string) (list []pep508.Name) {
	for _, line := range lines {
		wish, err := parsePDMLine(line)
		if err != nil || wish.direct {
			continue
		}
		name := string(wish.Name)
		if len(wish.Extras) > 0 {
			name += "[" + joined(wish.Extras) + "]"
		}
		list = append(list, pep508.Name(name))
	}
	return list
}
