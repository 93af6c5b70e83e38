package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

// record is what has to be remembered of a package so that a rebuild plans without its files.
type record struct {
	Name     pep508.Name `json:"name"`
	Version  string      `json:"version"`
	Artifact string      `json:"artifact"`
	Size     int64       `json:"size"`
	Roots    []string    `json:"roots,omitempty"`
	Dirs     []string    `json:"dirs,omitempty"`
	Links    []string    `json:"links,omitempty"`
	Hooks    bool        `json:"hooks,omitempty"`
	Embeds   bool        `json:"embeds,omitempty"`

	Needs     []string `json:"needs,omitempty"`
	Reaches   []string `json:"reaches,omitempty"`
	Libraries []string `json:"libraries,omitempty"`
}

// record is what is known of a package; estimate takes its last version for one that was not installed yet.
func (s *stage) record(w wanted) record { return s.known[key(w.Name, w.artifact)] }

func (s *stage) estimate(w wanted) record {
	if r, ok := s.known[key(w.Name, w.artifact)]; ok {
		return r
	}
	return s.likely[w.Name]
}

func key(name pep508.Name, artifact string) string { return string(name) + " " + artifact }

// remember reads the records of the previous image's layers that were made by the same rules for the same Python and target.
func (s *stage) remember() error {
	names, err := filepath.Glob(filepath.Join(s.layers.packit.Path, "*.toml"))
	if err != nil {
		return err
	}
	for _, file := range names {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		if !layer.Holds(name) {
			continue
		}
		restored, was, err := s.layers.restored(name)
		if err != nil {
			return err
		}
		var records []record
		if was == nil || json.Unmarshal([]byte(notes(restored)), &records) != nil {
			continue
		}
		for _, r := range records {
			s.likely[r.Name] = r
			if was["python"] == s.pythonMinor() && was["target"] == s.target() && was["rules"] == install.Rules {
				s.known[key(r.Name, r.Artifact)] = r
			}
		}
	}
	return nil
}

// verify compares what was installed with what was asked for, and makes its record.
func (s *stage) verify(p lock.Package) error {
	d, ok := s.here[p.Name]
	if !ok || p.Version != "" && !sameVersion(d.Version, p.Version) {
		return fmt.Errorf("comparing what was installed with what was asked for: wanted %s, found %q", p, d.Version)
	}
	w := s.wanted(p.Name)
	s.known[key(w.Name, w.artifact)] = record{Name: w.Name, Version: d.Version, Artifact: w.artifact, Size: d.Size,
		Roots: d.Roots, Dirs: d.Dirs, Links: d.Links(s.minor()), Hooks: d.Hooks, Embeds: d.Embeds,
		Needs: d.Needs, Reaches: d.Reaches, Libraries: d.Libraries}
	return nil
}

func (s *stage) records(packages []wanted) []record {
	list := make([]record, 0, len(packages))
	for _, w := range packages {
		list = append(list, s.record(w))
	}
	return list
}

// embedding tells whether one of the packages links libpython.
func embedding(records []record) bool {
	return slices.ContainsFunc(records, func(r record) bool { return r.Embeds })
}
