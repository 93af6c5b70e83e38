package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paketo-buildpacks/packit/v2"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

// wheelsLayer keeps the wheels that a build made of source distributions and commits, where there is a cache, so that a package that
// is installed again with its neighbors is not built again. It is cache-only and holds what the current lock uses, in
// <key>/<sha256 of the wheel>/<wheel>: a wheel that is not whole any more is not used.
const wheelsLayer = "wheels"

// building are the variables, and beginnings of variables, that change what a build backend makes.
var building = []string{"CC=", "CXX=", "AR=", "CFLAGS", "CPPFLAGS", "CXXFLAGS", "LDFLAGS", "CPATH=", "C_INCLUDE_PATH=", "LIBRARY_PATH=", "PKG_CONFIG_", "ARCHFLAGS", "CMAKE_", "SKBUILD_", "RUSTFLAGS", "CARGO_", "MATURIN_", "UV_BUILD_CONSTRAINT"}

// wheelDir is where the wheel of a package is kept: its path says everything that it was built from.
func (s *stage) wheelDir(w wanted) string {
	parts := []string{string(w.Name), w.Version, w.artifact, s.pythonMinor(), s.target()}
	for _, uv := range s.pins.Select("uv", "linux", s.arch()) {
		parts = append(parts, uv.Version)
	}
	for _, entry := range slices.Sorted(slices.Values(s.env)) {
		if slices.ContainsFunc(building, func(prefix string) bool { return strings.HasPrefix(entry, prefix) }) {
			parts = append(parts, entry)
		}
	}
	return filepath.Join(s.packit.Layers.Path, wheelsLayer, digest(strings.Join(parts, "\x00")))
}

// withKeptWheels gives the packages with the wheels that an earlier build made of them, where it did.
func (s *stage) withKeptWheels(packages []lock.Package) []lock.Package {
	var names []string
	packages = slices.Clone(packages)
	for i, p := range packages {
		file := s.keptWheel(p.Name)
		if file == nil {
			continue
		}
		packages[i].File, packages[i].IsSdist, packages[i].Origin, packages[i].Index = file, false, nil, ""
		names = append(names, p.String())
	}
	if len(names) > 0 {
		s.log.fact("Using %s built by an earlier build: %s", wheels(len(names)), strings.Join(names, ", "))
	}
	return packages
}

func wheels(n int) string {
	if n == 1 {
		return "the wheel"
	}
	return "the wheels"
}

func (s *stage) keptWheel(name pep508.Name) *lock.File {
	w := s.wanted(name)
	found, err := filepath.Glob(filepath.Join(s.wheelDir(w), "*", "*.whl"))
	if err != nil || len(found) != 1 || w.ownSource() {
		return nil
	}
	sum := filepath.Base(filepath.Dir(found[0]))
	if data, err := os.ReadFile(found[0]); err != nil || digest(string(data)) != sum {
		s.log.warn("the cached wheel of %s is damaged; it is built again", w)
		return nil
	}
	return &lock.File{Name: filepath.Base(found[0]), URL: found[0], SHA256: sum}
}

// keepBuilt says which packages uv has built from source, and keeps their wheels for the next build.
func (s *stage) keepBuilt(packages []lock.Package) error {
	built, err := s.uv.Built()
	if err != nil {
		return err
	}
	var names []string
	for _, p := range packages {
		at := slices.IndexFunc(built, func(path string) bool { return isWheelOf(p, path) })
		if at < 0 {
			continue
		}
		names = append(names, p.String())
		if err := s.keepWheel(s.wanted(p.Name), built[at]); err != nil {
			return fmt.Errorf("keeping the wheel of %s: %w", p.Name, err)
		}
	}
	if len(names) > 0 {
		s.log.fact("Built from source: %s", strings.Join(names, ", "))
	}
	if s.uv.BroughtRust() {
		s.log.warn("building them took a Rust toolchain that the build downloaded by itself (puccinialin): it is neither pinned nor kept.\n" +
			"Lock versions that have a wheel for this Python, or use a build image with Rust.")
	}
	return nil
}

func isWheelOf(p lock.Package, path string) bool {
	parts := strings.Split(filepath.Base(path), "-")
	return pep508.NewName(parts[0]) == p.Name && (p.Version == "" || sameVersion(parts[1], p.Version))
}

func (s *stage) keepWheel(w wanted, path string) error {
	if w.ownSource() {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.wheelDir(w), digest(string(data)))
	return errors.Join(os.RemoveAll(s.wheelDir(w)), os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, filepath.Base(path)), data, 0o644))
}

// keepWheels keeps the cache layer, if there is one, with the wheels of these packages alone.
func (s *stage) keepWheels() error {
	path := filepath.Join(s.packit.Layers.Path, wheelsLayer)
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	used := map[string]bool{}
	for _, w := range s.packages {
		used[filepath.Base(s.wheelDir(w))] = true
	}
	kept := 0
	for _, entry := range entries {
		if used[entry.Name()] {
			kept++
		} else {
			err = errors.Join(err, os.RemoveAll(filepath.Join(path, entry.Name())))
		}
	}
	if err == nil && kept == 0 {
		err = os.RemoveAll(path)
	}
	if err != nil {
		return fmt.Errorf("pruning the cache of wheels: %w", err)
	}
	if kept > 0 {
		s.layers.done = append(s.layers.done, packit.Layer{Name: wheelsLayer, Path: path, Cache: true})
	}
	return nil
}
