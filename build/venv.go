package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/lock"
)

// venvLayer is the virtual environment that the image runs: links to the interpreter and to what stands in other layers.
const venvLayer = "venv"

// makeVenv ties interpreter and layers together. The layer is kilobytes and made again whenever something in it changes.
func (s *stage) makeVenv(groups []layer.Group, set packageSet) error {
	home, parts := filepath.Join(s.layers.path(cpythonLayer), "bin"), s.parts(groups)
	described, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	f := facts{"python": s.pythonMinor(), "home": home, "parts": digest(string(described)), "rules": install.Rules, "resolution": set.resolved}
	return s.layers.provide(venvLayer, f, set.frozen, func(path string) error {
		venv := install.Venv{Prefix: path, Home: home, Minor: s.minor()}
		return errors.Join(venv.Create(), venv.Join(parts))
	})
}

// parts are the layers of packages in the order in which Python looks into them.
func (s *stage) parts(groups []layer.Group) []install.Part {
	var parts []install.Part
	// Links to libraries stand in directories that look like a portion of the lender's namespace, so the lender comes first.
	slices.SortStableFunc(groups, func(a, b layer.Group) int { return min(len(a.Loans), 1) - min(len(b.Loans), 1) })
	for _, g := range groups {
		part := install.Part{Prefix: s.layers.path(g.Layer)}
		for _, w := range s.members(g) {
			r := s.record(w)
			part.Links, part.Hooks = append(part.Links, r.Links...), part.Hooks || r.Hooks
		}
		sort.Strings(part.Links)
		parts = append(parts, part)
	}
	return parts
}

// runnable gives a Python that has the app's packages and runs now: the image's own if this build made all of its layers,
// else one outside of the layers, so that they stay references to the previous image.
func (s *stage) runnable() (string, error) {
	python := filepath.Join(s.layers.path(venvLayer), "bin", "python")
	if s.cpython.inLayer && s.onDisk() {
		return python, nil
	}
	if err := s.prepareInstall(); err != nil {
		return "", err
	}
	venv := install.Venv{Prefix: filepath.Join(s.scratch, "venv"), Home: filepath.Join(s.cpython.ready.Prefix, "bin"), Minor: s.minor()}
	if err := errors.Join(os.RemoveAll(filepath.Join(s.scratch, "source")), venv.Create()); err != nil {
		return "", err
	}
	var packages []lock.Package
	for _, w := range s.packages {
		packages = append(packages, w.Package)
	}
	if err := s.copyDirectories(packages); err != nil {
		return "", err
	}
	packages = s.withKeptWheels(packages) // what is built from source is built once
	s.log.fact("Installing %s beside the layers, which stay as they are, to run the app", count(len(packages), "package"))
	return filepath.Join(venv.Prefix, "bin", "python"), s.uv.Install(s.ctx, venv.Prefix, packages, s.options)
}

// onDisk tells whether the files of all layers that a Python process needs are there.
func (s *stage) onDisk() bool {
	for _, l := range s.layers.done {
		if l.Name != venvLayer && !layer.Holds(l.Name) {
			continue
		}
		if _, err := os.Stat(s.layers.path(l.Name)); err != nil {
			return false
		}
	}
	return true
}
