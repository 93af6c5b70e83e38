package lock

import (
	"maps"
	"slices"

	"github.com/lockstep/python/internal/pep508"
)

// Manifest is what pyproject.toml says about dependencies.
type Manifest struct {
	Project struct {
		Name           string              `toml:"name"`
		Version        string              `toml:"version"`
		RequiresPython string              `toml:"requires-python"`
		Dependencies   []string            `toml:"dependencies"`
		Optional       map[string][]string `toml:"optional-dependencies"`
		Dynamic        []string            `toml:"dynamic"`
	} `toml:"project"`
	Groups map[string][]any `toml:"dependency-groups"`
	Tool   struct {
		UV struct {
			Dev              []string       `toml:"dev-dependencies"`
			Sources          map[string]any `toml:"sources"`
			NoSources        bool           `toml:"no-sources"`
			Indexes          []uvIndex      `toml:"index"`
			Constraints      []any          `toml:"constraint-dependencies"`
			Overrides        []any          `toml:"override-dependencies"`
			BuildConstraints []any          `toml:"build-constraint-dependencies"`
			Excludes         []string       `toml:"exclude-dependencies"`
			GroupSettings    map[string]struct {
				RequiresPython string `toml:"requires-python"`
			} `toml:"dependency-groups"`
			Managed   *bool `toml:"managed"`
			Workspace struct{ Members, Exclude []string }
		} `toml:"uv"`
		Poetry map[string]any `toml:"poetry"`
		PDM    struct {
			Dev        map[string]any `toml:"dev-dependencies"`
			Resolution struct {
				Excludes  []string       `toml:"excludes"`
				Overrides map[string]any `toml:"overrides"`
			} `toml:"resolution"`
		} `toml:"pdm"`
	} `toml:"tool"`
}

// Declared lists the dependency groups of the manifest, in whatever tool's words, sorted.
func (m Manifest) Declared() []pep508.Name {
	found := map[pep508.Name]bool{}
	for name := range m.Groups {
		found[pep508.NewName(name)] = true
	}
	for name := range m.Tool.PDM.Dev {
		found[pep508.NewName(name)] = true
	}
	groups, _ := m.Tool.Poetry["group"].(map[string]any)
	for name := range groups {
		found[pep508.NewName(name)] = true
	}
	if m.Tool.UV.Dev != nil || m.Tool.Poetry["dev-dependencies"] != nil {
		found["dev"] = true
	}
	return slices.Sorted(maps.Keys(found))
}

type uvIndex struct{ Name, URL string }

// ReadManifest reads pyproject.toml.
func ReadManifest(data []byte) (Manifest, error) { return readManifest("pyproject.toml", data) }

func readManifest(name string, data []byte) (Manifest, error) {
	var m Manifest
	return m, decodeTOML(name, data, &m)
}

// requirements lists what the manifest requires, extras included as uv.lock does.
func (m Manifest) requirements(r resolver, file string) (map[pep508.Name][]wish, error) {
	all, err := parseAll(m.Project.Dependencies, "", r, file+", project.dependencies")
	if err != nil {
		return nil, err
	}
	for _, extra := range slices.Sorted(maps.Keys(m.Project.Optional)) {
		list, err := parseAll(m.Project.Optional[extra], extra, r, file+", project.optional-dependencies."+extra)
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

// onlyTexts is not ok when an item is something else than a requirement's text.
func onlyTexts(items []any) (texts []string, ok bool) {
	for _, item := range items {
		text, isText := item.(string)
		if !isText {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}
