package lock

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/lockstep/python/internal/pep508"
)

// uvSettings are those of uv's settings that decide how a package is built, or whether it is. uv obeys most of them when it
// installs what is locked; here are those that choose the artifact, that a build of one package cannot obey, or that give the
// same source another content.
type uvSettings struct {
	NoBinary          bool                      `toml:"no-binary"`
	NoBinaryPackages  []string                  `toml:"no-binary-package"`
	NoBuild           bool                      `toml:"no-build"`
	NoBuildPackages   []string                  `toml:"no-build-package"`
	NoIsolation       bool                      `toml:"no-build-isolation"`
	NoIsolationOf     []string                  `toml:"no-build-isolation-package"`
	ExtraDependencies map[string][]any          `toml:"extra-build-dependencies"`
	ExtraVariables    map[string]map[string]any `toml:"extra-build-variables"`
	ConfigSettings    map[string]any            `toml:"config-settings"`
	ConfigSettingsOf  map[string]map[string]any `toml:"config-settings-package"`
	BuildConstraints  []any                     `toml:"build-constraint-dependencies"`
	where             string
}

func readUVSettings(app fs.FS) (uvSettings, error) {
	s, name, err := decodeUV[uvSettings](app)
	s.where = "uv.toml, "
	if name == "pyproject.toml" {
		s.where = "pyproject.toml, tool.uv."
	}
	return s, err
}

// apply settles for each entry what the settings say of it.
func (s uvSettings) apply(entries []Entry) {
	versions := map[pep508.Name]string{}
	for _, e := range entries {
		versions[e.Name] = e.Version
	}
	for i := range entries {
		e := &entries[i]
		if (s.NoBinary || listed(e.Name, s.NoBinaryPackages)) && e.Sdist != nil && e.Origin == nil {
			e.Wheels = nil
		}
		e.Build, e.NoBuild = s.identity(e.Name), s.refusal(e, versions)
	}
}

// refusal is why the package cannot be built from source, if it has to be.
func (s uvSettings) refusal(e *Entry, versions map[pep508.Name]string) error {
	switch {
	case s.NoBuild:
		return notBuilt(e.Name, s.where, "no-build")
	case listed(e.Name, s.NoBuildPackages):
		return notBuilt(e.Name, s.where, "no-build-package")
	}
	if needs := s.matched(e.Name, versions); len(needs) > 0 {
		return notIsolated(e.Name, s.where, "extra-build-dependencies with match-runtime", needs)
	}
	needs := []string{}
	for _, d := range e.Dependencies {
		needs = append(needs, pin(d.Name, versions))
	}
	switch {
	case s.NoIsolation:
		return notIsolated(e.Name, s.where, "no-build-isolation", needs)
	case listed(e.Name, s.NoIsolationOf):
		return notIsolated(e.Name, s.where, "no-build-isolation-package", needs)
	}
	return nil
}

// matched pins what a build wants in the same version as the app has it.
func (s uvSettings) matched(name pep508.Name, versions map[pep508.Name]string) []string {
	var needs []string
	for _, item := range of(name, s.ExtraDependencies) {
		table, ok := item.(map[string]any)
		if match, _ := table["match-runtime"].(bool); !ok || !match {
			continue
		}
		text, _ := table["requirement"].(string)
		if r, err := pep508.Parse(text); err == nil {
			text = pin(r.Name, versions)
		}
		needs = append(needs, text)
	}
	return needs
}

// pin is the locked version of a package as a quoted requirement.
func pin(name pep508.Name, versions map[pep508.Name]string) string {
	if versions[name] == "" {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf("%q", string(name)+"=="+versions[name])
}

// identity is what of the settings a build of the package depends on, in one spelling.
func (s uvSettings) identity(name pep508.Name) string {
	settings := map[string]any{}
	add := func(key string, value any, there int) {
		if there > 0 {
			settings[key] = value
		}
	}
	add("dependencies", of(name, s.ExtraDependencies), len(of(name, s.ExtraDependencies)))
	add("variables", of(name, s.ExtraVariables), len(of(name, s.ExtraVariables)))
	add("config", s.ConfigSettings, len(s.ConfigSettings))
	add("package-config", of(name, s.ConfigSettingsOf), len(of(name, s.ConfigSettingsOf)))
	add("constraints", s.BuildConstraints, len(s.BuildConstraints))
	if len(settings) == 0 {
		return ""
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return fmt.Sprint(settings) // a number that JSON has not (nan): as exact, only not as pretty
	}
	return string(text)
}

func listed(name pep508.Name, raw []string) bool {
	return slices.ContainsFunc(raw, func(other string) bool { return pep508.NewName(other) == name })
}

// of is the value for a package, whatever the spelling of its name.
func of[T any](name pep508.Name, table map[string]T) T {
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if pep508.NewName(key) == name {
			return table[key]
		}
	}
	var none T
	return none
}
