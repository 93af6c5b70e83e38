package lock

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/lockstep/python/internal/pep508"
)

// Built is what a directory of the app says about being built and installed as a package.
type Built struct {
	Name        pep508.Name // empty when only the build backend knows it
	Installable bool        // else it is a folder of modules, which is left where it is
	Why         string      // it is not installable although it has a build system
	Dynamic     bool        // the version is in no file that is read here: it may come from git
}

type buildManifest struct {
	BuildSystem *struct {
		Backend string `toml:"build-backend"`
	} `toml:"build-system"`
	Project *struct {
		Name    string `toml:"name"`
		Version string `toml:"version"`
	} `toml:"project"`
	Tool struct {
		UV struct {
			Package *bool `toml:"package"`
		} `toml:"uv"`
		Poetry struct {
			Name        string `toml:"name"`
			PackageMode *bool  `toml:"package-mode"`
			Packages    []any  `toml:"packages"`
		} `toml:"poetry"`
		PDM struct {
			Distribution *bool `toml:"distribution"`
		} `toml:"pdm"`
		DynamicVersion map[string]any `toml:"poetry-dynamic-versioning"`
	} `toml:"tool"`
}

// ReadBuilt reads the manifest in a directory of the app.
func ReadBuilt(app fs.FS, dir string) (Built, error) {
	name := path.Join(dir, "pyproject.toml")
	data, err := fs.ReadFile(app, name)
	if errors.Is(err, fs.ErrNotExist) {
		return Built{Installable: true, Dynamic: true}, nil // setup.py
	}
	if err != nil {
		return Built{}, unreadableFile(name, err)
	}
	var m buildManifest
	if err := toml.Unmarshal(data, &m); err != nil {
		return Built{}, unreadable(name, err)
	}
	return m.built(app, dir), nil
}

func (m buildManifest) built(app fs.FS, dir string) Built {
	b := Built{Dynamic: m.Project == nil || m.Project.Version == "", Installable: m.BuildSystem != nil}
	if m.Project != nil {
		b.Name = pep508.NewName(m.Project.Name)
	}
	p := m.Tool.Poetry
	if b.Name == "" && p.Name != "" {
		b.Name, b.Dynamic = pep508.NewName(p.Name), len(m.Tool.DynamicVersion) > 0
	}
	if b.Installable && m.BuildSystem.Backend == poetryBackend && len(p.Packages) == 0 && !hasModule(app, dir, b.Name) {
		b.Installable, b.Why = false, "it has no package or module named "+moduleName(b.Name)
	}
	b.Installable = b.Installable && !isFalse(p.PackageMode)
	if p := m.Tool.UV.Package; p != nil {
		b.Installable = *p
	}
	b.Installable = b.Installable && !isFalse(m.Tool.PDM.Distribution)
	return b
}

// poetryBackend refuses to build a project without a module of its name. Poetry writes it into every new pyproject.toml, also
// for apps that are installed with --no-root everywhere.
const poetryBackend = "poetry.core.masonry.api"

func isFalse(value *bool) bool { return value != nil && !*value }

func moduleName(name pep508.Name) string { return strings.ReplaceAll(string(name), "-", "_") }

// hasModule tells whether poetry-core finds what it packs: a package or a module of the project's name, also under src.
func hasModule(app fs.FS, dir string, name pep508.Name) bool {
	for _, parent := range []string{dir, path.Join(dir, "src")} {
		entries, _ := fs.ReadDir(app, parent) // one that is not there has none
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
			module, isFile := strings.CutSuffix(e.Name(), ".py")
			return strings.EqualFold(module, moduleName(name)) && isFile != e.IsDir()
		}) {
			return true
		}
	}
	return false
}
