package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

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
	var m buildManifest
	data, err := readTOML(app, name, &m)
	if errors.Is(err, fs.ErrNotExist) {
		return Built{Installable: true, Dynamic: true}, nil // setup.py
	}
	if err != nil {
		return Built{}, err
	}
	b := m.built()
	if b.Installable && m.BuildSystem != nil && m.BuildSystem.Backend == poetryBackend {
		poetry, err := readPoetryManifest(data)
		sub, errSub := fs.Sub(app, path.Clean(dir))
		if err := errors.Join(err, errSub); err != nil {
			return Built{}, err
		}
		if !poetry.hasPackage(sub, string(b.Name)) {
			b.Installable, b.Why = false, fmt.Sprintf("it has no package or module named %s, which its build system asks for", strings.ReplaceAll(string(b.Name), "-", "_"))
		}
	}
	return b, nil
}

func (m buildManifest) built() Built {
	b := Built{Dynamic: m.Project == nil || m.Project.Version == "", Installable: m.BuildSystem != nil}
	if m.Project != nil {
		b.Name = pep508.NewName(m.Project.Name)
	}
	p := m.Tool.Poetry
	if b.Name == "" && p.Name != "" {
		b.Name, b.Dynamic = pep508.NewName(p.Name), len(m.Tool.DynamicVersion) > 0
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
