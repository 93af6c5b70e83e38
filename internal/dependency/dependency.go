// Package dependency brings the archives that buildpack.toml pins: it reads the pins and fetches one archive from where it
// is to be had (inside the buildpack, a mapping, a mirror, upstream), checksum verified. What is in an archive is not its business.
package dependency

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

// Dependency is one entry of buildpack.toml's [[metadata.dependencies]], in packit's field names.
type Dependency struct {
	ID       string `toml:"id"`
	Name     string `toml:"name"`
	Version  string `toml:"version"`
	Build    string `toml:"build"`
	OS       string `toml:"os"`
	Arch     string `toml:"arch"`
	URI      string `toml:"uri"`
	Checksum string `toml:"checksum"`
}

// SHA256 is the hexadecimal digest of the archive.
func (d Dependency) SHA256() string { return strings.TrimPrefix(d.Checksum, "sha256:") }

// Pins is what buildpack.toml says about what can be installed.
type Pins struct {
	Dependencies []Dependency
	EndOfLife    map[string]string // minor ("3.9") → day ("2025-10-31")
}

// ReadPins reads buildpack.toml in the buildpack's directory.
func ReadPins(dir string) (Pins, error) {
	var file struct {
		Metadata struct {
			Dependencies []Dependency      `toml:"dependencies"`
			EndOfLife    map[string]string `toml:"end-of-life"`
		} `toml:"metadata"`
	}
	path := filepath.Join(dir, "buildpack.toml")
	if _, err := toml.DecodeFile(path, &file); err != nil {
		return Pins{}, fmt.Errorf("reading %s: %w", path, err)
	}
	return Pins{Dependencies: file.Metadata.Dependencies, EndOfLife: file.Metadata.EndOfLife}, nil
}

// Select narrows the pins to the dependencies with this id that fit the target.
func (p Pins) Select(id, os, arch string) []Dependency {
	var found []Dependency
	for _, d := range p.Dependencies {
		if d.ID == id && d.OS == os && d.Arch == arch {
			found = append(found, d)
		}
	}
	return found
}
