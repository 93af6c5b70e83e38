package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/layer"
)

func (s *stage) plan(of func(wanted) record) []layer.Group {
	units := make([]layer.Unit, 0, len(s.packages))
	for _, w := range s.packages {
		units = append(units, w.unit(of(w)))
	}
	return layer.Plan(units, s.config.PackageLayers)
}

// packageFact begins the fact of a package: there is one named rules on the index, as a common fact is.
const packageFact = "package "

// commonFacts hold for every layer of packages.
func (s *stage) commonFacts() facts {
	return facts{"python": s.pythonMinor(), "target": s.target(), "rules": install.Rules}
}

// groupFacts is what the layer of a group is made from: one fact a package, and one a layer whose libraries it links to.
func (s *stage) groupFacts(g layer.Group) facts {
	f := s.commonFacts()
	for _, w := range s.members(g) {
		f[packageFact+string(w.Name)] = strings.TrimSpace(w.Version + " " + w.artifact)
	}
	lent := map[string][]string{}
	for _, loan := range g.Loans {
		lent[loan.Layer] = append(lent[loan.Layer], loan.Path)
	}
	for name, paths := range lent {
		f["links to "+name] = fmt.Sprintf("%d %s", len(paths), digest(strings.Join(paths, "\n")))
	}
	return f
}

func (s *stage) members(g layer.Group) []wanted {
	var list []wanted
	for _, w := range s.packages {
		if slices.Contains(g.Names, w.Name) {
			list = append(list, w)
		}
	}
	return list
}

// remade is a layer of packages that this build makes, with what the previous image has in its place and why that is not taken.
type remade struct {
	group layer.Group
	was   facts
	why   string
}

// makeLayers moves what was installed into the layers that are made, compiles it, and keeps the others by reference.
func (s *stage) makeLayers(groups []layer.Group) error {
	list, err := s.fillLayers(groups)
	if err != nil || len(list) == 0 {
		return err
	}
	if err := s.compileLayers(list); err != nil {
		return err
	}
	for _, r := range list {
		if err := s.keepGroup(r); err != nil {
			return err
		}
	}
	return nil
}

// fillLayers puts the files of packages into the layers that cannot be reused, and gives these layers.
func (s *stage) fillLayers(groups []layer.Group) ([]remade, error) {
	var list []remade
	for _, g := range groups {
		_, was, err := s.layers.restored(g.Layer)
		if err != nil {
			return nil, err
		}
		reused, why, err := s.layers.reuse(g.Layer, s.groupFacts(g))
		if err != nil {
			return nil, err
		}
		if reused {
			s.log.fact("Reusing %s (%s)", g.Layer, why)
			continue
		}
		if err := s.fill(g); err != nil {
			return nil, err
		}
		list = append(list, remade{g, was, why})
	}
	return list, nil
}

// compileLayers makes the bytecode of all layers at once: starting the compiler is dear.
func (s *stage) compileLayers(list []remade) error {
	start := s.log.now()
	var sources [][]install.Source
	for _, r := range list {
		found, err := s.sourcesOf(r.group)
		if err != nil {
			return err
		}
		sources = append(sources, found...)
	}
	if _, err := s.compile(sources); err != nil {
		return err
	}
	s.log.detail("Compiled in %s", s.log.since(start))
	return nil
}

// fill moves packages into their layer. A file that several of them bring is that of the first by name, as on Python's path.
func (s *stage) fill(g layer.Group) error {
	path, err := s.layers.empty(g.Layer)
	if err != nil {
		return err
	}
	for _, name := range slices.Backward(g.Names) {
		if err := s.here[name].Move(path); err != nil {
			return err
		}
	}
	site := install.SitePackages(s.minor())
	for _, loan := range g.Loans {
		link := filepath.Join(path, site, loan.Path)
		err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o755), os.Symlink(filepath.Join(s.layers.path(loan.Layer), site, loan.Path), link))
		if err != nil {
			return fmt.Errorf("linking libraries of %s: %w", loan.Layer, err)
		}
	}
	return nil
}

// sourcesOf lists the files to compile by package, so that the bytecode of one does not depend on its neighbors.
func (s *stage) sourcesOf(g layer.Group) ([][]install.Source, error) {
	path := s.layers.path(g.Layer)
	all, err := install.Sources(path, path, s.minor(), install.Tests)
	if err != nil {
		return nil, err
	}
	owner := map[string]int{}
	for i, name := range slices.Backward(g.Names) {
		for _, file := range s.here[name].Files {
			owner[filepath.Join(path, file)] = i
		}
	}
	lists := make([][]install.Source, len(g.Names))
	for _, source := range all {
		lists[owner[source.Path]] = append(lists[owner[source.Path]], source)
	}
	return lists, nil
}

// keepGroup adds a layer to the image, with the records of its packages.
func (s *stage) keepGroup(r remade) error {
	notes, err := json.Marshal(s.records(s.members(r.group)))
	if err != nil {
		return err
	}
	bytes, err := s.layers.keep(s.layers.fresh(r.group.Layer), s.groupFacts(r.group), string(notes))
	if err == nil {
		s.log.fact("Made %s: %s (%s)", r.group.Layer, s.reason(r), size(bytes))
	}
	return err
}
