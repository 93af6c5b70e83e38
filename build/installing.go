package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/lock"
)

// provide installs the packages of all groups that the previous image does not have as they are.
func (s *stage) provide(groups []layer.Group) error {
	var missing []lock.Package
	for _, g := range groups {
		why, err := s.layers.stale(g.Layer, s.groupFacts(g))
		if err != nil {
			return err
		}
		if why == "" {
			continue
		}
		for _, w := range s.members(g) {
			if _, ok := s.here[w.Name]; !ok {
				missing = append(missing, w.Package)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	sort.Slice(missing, func(i, j int) bool { return missing[i].Name < missing[j].Name })
	return s.install(missing)
}

// install installs packages into the virtual environment at its final place, so that scripts name the right interpreter.
func (s *stage) install(packages []lock.Package) error {
	if err := s.prepareInstall(); err != nil {
		return err
	}
	if err := s.copyDirectories(packages); err != nil {
		return err
	}
	packages = s.withKeptWheels(packages)
	start := s.log.now()
	s.log.fact("Installing %s%s", count(len(packages), "package"), downloads(packages))
	if err := s.installTogether(packages); err != nil {
		return err
	}
	if err := s.installApart(packages); err != nil {
		return err
	}
	for _, p := range packages {
		if err := s.verify(p); err != nil {
			return err
		}
	}
	s.log.detail("Installed in %s", s.log.since(start))
	return s.keepBuilt(packages)
}

// installTogether installs packages into an environment of their own: what another one brings or overwrites must not show in them.
func (s *stage) installTogether(packages []lock.Package) error {
	if err := s.emptyVenv(); err != nil {
		return err
	}
	if err := s.uv.Install(s.ctx, s.venv.Prefix, packages, s.options); err != nil {
		return err
	}
	installed, err := install.ReadDistributions(s.venv.Prefix, s.minor())
	if err != nil {
		return err
	}
	for _, d := range installed {
		if !slices.ContainsFunc(packages, func(p lock.Package) bool { return p.Name == d.Name }) {
			return fmt.Errorf("comparing what was installed with what was asked for: nobody asked for %s %s", d.Name, d.Version)
		}
		s.here[d.Name] = d
	}
	return nil
}

// installApart installs the packages again that share a path with another one, each alone.
func (s *stage) installApart(packages []lock.Package) error {
	for _, p := range packages {
		if !s.here[p.Name].Contested {
			continue
		}
		s.log.detail("Installing %s apart: it shares a path with another package", p)
		if err := s.installTogether([]lock.Package{p}); err != nil {
			return err
		}
	}
	return nil
}

// emptyVenv makes the environment that packages are installed into, at its final place, and puts one that is in use aside.
func (s *stage) emptyVenv() error {
	if s.venv.Prefix != "" {
		aside := filepath.Join(s.scratch, fmt.Sprintf("venv-%d", s.aside))
		if err := os.Rename(s.venv.Prefix, aside); err != nil {
			return fmt.Errorf("putting installed packages aside: %w", err)
		}
		for name, d := range s.here {
			if d.Prefix == s.venv.Prefix {
				d.Prefix = aside
				s.here[name] = d
			}
		}
		s.aside++
	}
	interpreter, err := s.interpreter()
	if err != nil {
		return err
	}
	path, err := s.layers.empty(venvLayer)
	if err != nil {
		return err
	}
	s.venv = install.Venv{Prefix: path, Home: filepath.Join(interpreter.Prefix, "bin"), Minor: s.minor()}
	return s.venv.Create()
}

// copyDirectories lets packages that are directories of the app be built from a copy: build backends leave files in their source.
func (s *stage) copyDirectories(packages []lock.Package) error {
	for i, p := range packages {
		if p.Origin == nil || p.Origin.Directory == "" {
			continue
		}
		source := *p.Origin
		source.Directory = filepath.Join(s.scratch, "source", string(p.Name))
		if err := s.copyProject(source.Directory, p.Origin.Directory); err != nil {
			return fmt.Errorf("copying the source of %s: %w", p.Name, err)
		}
		packages[i].Origin = &source
	}
	return nil
}

// prepareInstall brings an interpreter and uv, once.
func (s *stage) prepareInstall() error {
	if s.uv != nil {
		return nil
	}
	_, err := s.interpreter()
	if err != nil {
		return err
	}
	s.uv, err = s.installer(s.file, s.credentials)
	return err
}

// downloads says how much is to be downloaded, as far as the lock file tells.
func downloads(packages []lock.Package) string {
	var bytes int64
	for _, p := range packages {
		if p.File != nil {
			bytes += p.File.Size
		}
	}
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s to download)", size(bytes))
}
