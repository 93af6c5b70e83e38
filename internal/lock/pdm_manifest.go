package lock

import (
	"errors"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// pdmManifest is pyproject.toml as PDM reads it. Nil is none.
type pdmManifest struct {
	file    string
	raw     map[string]any // the same, for the hash
	Project struct {
		Name         string              `toml:"name"`
		Version      string              `toml:"version"`
		Python       string              `toml:"requires-python"`
		Dependencies []string            `toml:"dependencies"`
		Optional     map[string][]string `toml:"optional-dependencies"`
		Dynamic      []string            `toml:"dynamic"`
	} `toml:"project"`
	Groups      map[string][]any `toml:"dependency-groups"`
	BuildSystem map[string]any   `toml:"build-system"`
	Tool        struct {
		PDM struct {
			Dev          map[string][]string `toml:"dev-dependencies"`
			Sources      []pdmSource         `toml:"source"`
			Distribution *bool               `toml:"distribution"`
			Kind         string              `toml:"package-type"` // before distribution
			Overrides    map[string]any      `toml:"overrides"`    // before resolution.overrides
			Resolution   struct {
				Excludes  []string       `toml:"excludes"`
				Overrides map[string]any `toml:"overrides"`
			} `toml:"resolution"`
			Workspace struct {
				Members []string `toml:"members"`
			} `toml:"workspace"`
		} `toml:"pdm"`
	} `toml:"tool"`
}

func readPDMManifest(app fs.FS, name string) (*pdmManifest, error) {
	m := &pdmManifest{file: name}
	if _, err := readTOML(app, name, m, &m.raw); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return m, nil
}

// distribution tells whether the project itself is installed. PDM takes every project with a name for a distribution unless it
// is told otherwise; without a word and without a build system, what is built would be a guess, so the app stays a directory.
func (m *pdmManifest) distribution() bool {
	if m == nil || m.Project.Name == "" {
		return false
	}
	settings := m.Tool.PDM
	switch {
	case settings.Kind != "":
		return settings.Kind == "library"
	case settings.Distribution != nil:
		return *settings.Distribution
	}
	return len(m.BuildSystem) > 0
}

// requires tells whether the manifest says itself what the project requires; else PDM asks Poetry's tables, Flit's or the backend.
func (m *pdmManifest) requires() bool {
	return m != nil && m.raw["project"] != nil && !slices.Contains(m.Project.Dynamic, "dependencies")
}

// is tells whether a name is the project's own: pyproject.toml may ask for its extras that way.
func (m *pdmManifest) is(name pep508.Name) bool {
	return m != nil && m.Project.Name != "" && pep508.NewName(m.Project.Name) == name
}

func (m *pdmManifest) excludes(name string) bool {
	return m != nil && slices.Contains(pep508.NewNames(m.Tool.PDM.Resolution.Excludes), pep508.NewName(name))
}

// overrides tells whether a name's version is chosen against what requires it.
func (m *pdmManifest) overrides(name pep508.Name) bool {
	settings := m.Tool.PDM
	return slices.Contains(pep508.NewNames(slices.AppendSeq(slices.Collect(maps.Keys(settings.Resolution.Overrides)), maps.Keys(settings.Overrides))), name)
}

func (m *pdmManifest) extras() []pep508.Name {
	return pep508.NewNames(slices.Collect(maps.Keys(m.Project.Optional)))
}

func (m *pdmManifest) devGroups() []pep508.Name {
	return pep508.NewNames(slices.Concat(slices.Collect(maps.Keys(m.Groups)), slices.Collect(maps.Keys(m.Tool.PDM.Dev))))
}

// groups are those to install from, or an error when one is not there or was not locked.
func (f pdmLock) groups(m *pdmManifest, want Request) ([]pep508.Name, error) {
	locked := slices.DeleteFunc(pep508.NewNames(f.Metadata.Groups), func(g pep508.Name) bool { return g == "default" })
	extras, groups, where := locked, locked, f.name
	if m != nil {
		extras, groups, where = m.extras(), m.devGroups(), "pyproject.toml"
	}
	for _, extra := range want.Extras {
		if !slices.Contains(extras, extra) {
			return nil, unknown("extra", extra, extras, where)
		}
	}
	for _, group := range want.Groups {
		if !slices.Contains(groups, group) {
			return nil, unknown("dependency group", group, groups, where)
		}
	}
	all := slices.Concat([]pep508.Name{"default"}, want.Extras, want.Groups)
	for _, group := range all[1:] {
		if f.Metadata.Groups != nil && !slices.Contains(locked, group) {
			return nil, notLocked(f.name, group)
		}
	}
	return all, nil
}

// lines are the requirements of groups, with those that they include.
func (m *pdmManifest) lines(groups []pep508.Name) (lines []string) {
	seen := map[pep508.Name]bool{}
	for queue := slices.Clone(groups); len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		for _, item := range m.items(queue[0]) {
			switch item := item.(type) {
			case string:
				if own, err := pep508.Parse(item); err == nil && m.is(own.Name) {
					queue = append(queue, own.Extras...)
				} else {
					lines = append(lines, item)
				}
			case map[string]any:
				included, _ := item["include-group"].(string)
				queue = append(queue, pep508.NewName(included))
			}
		}
	}
	return lines
}

// items are the lines of one group as they are written.
func (m *pdmManifest) items(group pep508.Name) (items []any) {
	add := func(list []string) {
		for _, line := range list {
			items = append(items, line)
		}
	}
	if group == "default" {
		add(m.Project.Dependencies)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Project.Optional)) {
		if pep508.NewName(name) == group {
			add(m.Project.Optional[name])
			return items
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Groups)) {
		if pep508.NewName(name) == group {
			items = append(items, m.Groups[name]...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Tool.PDM.Dev)) {
		if pep508.NewName(name) == group {
			add(m.Tool.PDM.Dev[name])
		}
	}
	return items
}

// pdmWish is a requirement line; PDM also knows editables, which are named by their fragment.
type pdmWish struct {
	pep508.Requirement
	direct bool
}

var egg = regexp.MustCompile(`[#&]egg=([\w.-]+)(?:\[([^\]]*)\])?`)

func parsePDMLine(line string) (pdmWish, error) {
	if _, ok := editable(line); !ok {
		r, err := pep508.Parse(line)
		return pdmWish{r, r.URL != ""}, err
	}
	m := egg.FindStringSubmatch(line)
	if m == nil {
		return pdmWish{}, errors.New("an editable without #egg=name")
	}
	r := pep508.Requirement{Name: pep508.NewName(m[1]), Raw: m[1]}
	if m[2] != "" {
		r.Extras = pep508.NewNames(strings.Split(m[2], ","))
	}
	return pdmWish{r, true}, nil
}

// admits tells whether a version meets the requirement; what is no version does.
func (w pdmWish) admits(version string) bool {
	v, err := pep440.Parse(version)
	return err != nil || w.direct || w.Specifiers.ContainsPre(v)
}
