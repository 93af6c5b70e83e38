package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/config"
	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/project"
)

// ignore names the files that packages could come from too. One that pins other versions than the chosen lock stops the build: which
// of the two the owner means cannot be known.
func (b *builder) ignore(packages []lock.Package) error {
	for _, name := range b.others() {
		why, differences := b.compare(name, packages)
		if len(differences) > 0 {
			return contradiction(b.source.file, name, differences)
		}
		b.log.fact("Ignoring %s: %s", name, why)
	}
	return nil
}

// others are the files beside the chosen one, in the order of precedence.
func (b *builder) others() []string {
	var list []string
	for _, name := range b.readable() {
		if name != b.source.file && (isLock(name) || name == "requirements.txt") {
			list = append(list, name)
		}
	}
	return append(list, b.project.Conda()...)
}

// compare says why a file is ignored, or in what it differs from the chosen lock.
func (b *builder) compare(name string, packages []lock.Package) (why string, differences []string) {
	decides := b.source.file + " decides"
	switch {
	case slices.Contains(b.project.Conda(), name):
		return "packages of conda are not installed; " + decides, nil
	case b.config.LockFile != "":
		return config.LockFile + " chooses " + b.source.file, nil
	case b.config.Requirements != "":
		return config.Requirements + " chooses " + b.source.file, nil
	case b.source.lock == nil, project.IsPylock(name) && project.IsPylock(b.source.file):
		return decides, nil
	}
	other, err := b.versions(name)
	if err != nil {
		return decides + fmt.Sprintf("; they are not compared: %s", headline(err)), nil
	}
	if differences = b.differ(name, versionsOf(packages), other); len(differences) > 0 {
		return "", differences
	}
	return decides + ", and they agree", nil
}

// headline is the first line of what an error says.
func headline(err error) string {
	var owners *failure.Error
	text := err.Error()
	if errors.As(err, &owners) {
		text = owners.What
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, ":")
}

// versions are what a file pins for the chosen Python.
func (b *builder) versions(name string) (map[pep508.Name]string, error) {
	if name == "requirements.txt" {
		return b.pinned(name)
	}
	s, err := b.read(name)
	if err != nil {
		return nil, err
	}
	packages, err := b.evaluate(*s.lock)
	return versionsOf(packages), err
}

// pinned are the versions that a requirements file pins, hashed or not.
func (b *builder) pinned(name string) (map[pep508.Name]string, error) {
	r, err := lock.ReadRequirements(b.app, name, b.lookup)
	if err != nil {
		return nil, err
	}
	env, err := b.environment()
	if err != nil {
		return nil, err
	}
	found := map[pep508.Name]string{}
	for _, line := range r.Lines {
		version := line.Pinned()
		if version == "" && !line.Direct {
			return nil, fmt.Errorf("%s leaves versions open", name)
		}
		if version != "" && line.Requirement.Marker.Evaluate(env.Markers) {
			found[line.Requirement.Name] = version
		}
	}
	return found, nil
}

// versionsOf names the versions of packages, or the commit of one from a repository. The app itself is left out: not every
// format lists it.
func versionsOf(packages []lock.Package) map[pep508.Name]string {
	found := map[pep508.Name]string{}
	for _, p := range packages {
		switch o := p.Origin; {
		case o != nil && o.Directory != "":
		case o != nil && o.VCS != "":
			found[p.Name] = "commit " + o.Commit
		default:
			found[p.Name] = p.Version
		}
	}
	return found
}

// differ lists what a file pins otherwise than the chosen lock. A requirements file may be a part of a lock, or an export with its
// groups: of it, only other versions count, and packages that the lock does not have at all.
func (b *builder) differ(name string, ours, theirs map[pep508.Name]string) []string {
	part := name == "requirements.txt"
	var list []string
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	for _, p := range slices.Sorted(maps.Keys(names)) {
		our, here := ours[p]
		their, there := theirs[p]
		switch {
		case here && there && !sameVersion(our, their):
			list = append(list, fmt.Sprintf("%s is %s in %s, %s in %s", p, our, b.source.file, their, name))
		case here && !there && !part:
			list = append(list, fmt.Sprintf("%s %s is only in %s", p, our, b.source.file))
		case there && !here && !(part && has(b.source.lock, p)):
			list = append(list, fmt.Sprintf("%s %s is only in %s", p, their, name))
		}
	}
	return list
}

func has(l *lock.Lock, name pep508.Name) bool {
	return slices.ContainsFunc(l.Entries, func(e lock.Entry) bool { return e.Name == name })
}
