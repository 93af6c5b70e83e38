package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

// stage is one build's work on packages.
type stage struct {
	*builder
	file        string // that the packages come from
	packages    []wanted
	options     []string
	credentials lock.Credentials
	known       map[string]record // artifact → record, of the previous image and of what was installed now
	likely      map[pep508.Name]record
	here        map[pep508.Name]install.Distribution // installed and not yet moved
	uv          *install.UV
	venv        install.Venv
	aside       int // environments put aside
}

// wanted is a package to install and what identifies its content.
type wanted struct {
	lock.Package
	artifact string
	alone    bool // gets a layer of its own at any size
}

// ownSource tells a package that is built from a directory of the app: its wheel would be of no use to the next build.
func (w wanted) ownSource() bool { return w.Origin != nil && w.Origin.Directory != "" }

func (w wanted) unit(r record) layer.Unit {
	return layer.Unit{Name: w.Name, Size: r.Size, Roots: r.Roots, Dirs: r.Dirs, Alone: w.alone,
		Needs: r.Needs, Reaches: r.Reaches, Libraries: r.Libraries}
}

// makePackages brings every package into its layer, by reference where the previous image has it, and gives the records.
func (b *builder) makePackages(set packageSet) ([]record, error) {
	s := &stage{
		builder: b, file: set.file, options: set.options, credentials: set.credentials,
		known: map[string]record{}, likely: map[pep508.Name]record{}, here: map[pep508.Name]install.Distribution{},
	}
	b.packages = s
	if err := s.identify(set.packages, set.added); err != nil {
		return nil, err
	}
	if err := s.remember(); err != nil {
		return nil, err
	}
	if err := s.provide(s.plan(s.estimate)); err != nil {
		return nil, err
	}
	groups := s.plan(s.record)
	if err := s.provide(groups); err != nil { // an estimate was wrong: a package is heavier or lighter than its last version
		return nil, err
	}
	if err := s.makeLayers(groups); err != nil {
		return nil, err
	}
	if err := s.keepWheels(); err != nil {
		return nil, err
	}
	return s.records(s.packages), s.makeVenv(groups, set)
}

// identify gives each package the identity of its content.
func (s *stage) identify(packages []lock.Package, added []pep508.Name) error {
	for _, p := range packages {
		w := wanted{Package: p, artifact: p.Artifact()}
		w.alone = w.ownSource() || slices.Contains(added, p.Name)
		content, err := s.content(w)
		if err != nil {
			return err
		}
		if content != "" {
			w.artifact += " " + content
		}
		if settings := lock.BuildSettings(s.options, p.Name); settings != "" {
			w.artifact += " " + digest(settings)
		}
		s.packages = append(s.packages, w)
	}
	return nil
}

// content is a hash of a package that is a directory or a file of the app, and nothing for others: their artifact says it.
func (s *stage) content(w wanted) (string, error) {
	if w.ownSource() {
		sum, err := s.digestProject(w.Origin.Directory)
		if err != nil {
			err = missingSource(s.file, w.Package, w.Origin.Directory, err)
		}
		return sum, err
	}
	path, local := s.localFile(w.Package)
	if !local {
		return "", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		err = missingSource(s.file, w.Package, w.File.URL, err)
	}
	return digest(string(data)), err
}

// localFile is the path of a package that is a file of the app, such as a vendored wheel.
func (s *stage) localFile(p lock.Package) (string, bool) {
	if p.File == nil || p.File.URL == "" {
		return "", false
	}
	path := strings.TrimPrefix(p.File.URL, "file://")
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.packit.WorkingDir, path)
	}
	return path, !strings.Contains(p.File.URL, "://") || strings.HasPrefix(p.File.URL, "file://")
}

func (s *stage) wanted(name pep508.Name) wanted {
	for _, w := range s.packages {
		if w.Name == name {
			return w
		}
	}
	return wanted{}
}
