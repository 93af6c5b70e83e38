package lock

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// request makes the roots: the projects that are wanted, with extras and groups.
func (f *uvLock) request(l *Lock, want Request) error {
	projects, err := f.projects(want.Member)
	if err != nil {
		return err
	}
	extras, groups := map[pep508.Name]bool{}, f.groups()
	for _, p := range projects {
		root := Dependency{Name: pep508.NewName(p.Name), Source: p.Source.String()}
		l.Active = append(l.Active, uvConflict{Package: p.Name}.encoded())
		optional := p.extras()
		maps.Copy(extras, optional)
		for _, extra := range want.Extras {
			if optional[extra] {
				root.Extras = append(root.Extras, extra)
				l.Active = append(l.Active, uvConflict{Package: p.Name, Extra: string(extra)}.encoded())
			}
		}
		l.Roots = append(l.Roots, root)
		for group, list := range p.groups() {
			groups[group] = append(groups[group], list...)
			if slices.Contains(want.Groups, group) {
				l.Active = append(l.Active, uvConflict{Package: p.Name, Group: string(group)}.encoded())
			}
		}
	}
	if len(f.Conflicts) == 0 {
		l.Active = nil
	}
	for _, extra := range want.Extras {
		if !extras[extra] {
			return unknown("extra", extra, slices.Collect(maps.Keys(extras)), "pyproject.toml, project.optional-dependencies")
		}
	}
	return f.requestGroups(l, want.Groups, groups)
}

func (f *uvLock) requestGroups(l *Lock, want []pep508.Name, groups map[pep508.Name][]uvDependency) error {
	for _, group := range want {
		list, ok := groups[group]
		if !ok {
			return unknown("dependency group", group, slices.Collect(maps.Keys(groups)), "pyproject.toml, dependency-groups")
		}
		roots, err := f.dependencies(list)
		if err != nil {
			return badMarker(f.name, "group "+string(group), err)
		}
		l.Roots = append(l.Roots, roots...)
	}
	return nil
}

// projects are the packages that the app consists of.
func (f *uvLock) projects(member pep508.Name) ([]*uvPackage, error) {
	members, known := []*uvPackage{}, []pep508.Name{}
	for i := range f.Packages {
		p := &f.Packages[i]
		name, atRoot := pep508.NewName(p.Name), p.Source.local() == "."
		if !atRoot && !slices.Contains(f.Manifest.Members, p.Name) || p.Source.local() == "" {
			continue
		}
		if name == member || atRoot && member == "" {
			return []*uvPackage{p}, nil
		}
		members, known = append(members, p), append(known, name)
	}
	if member != "" {
		return nil, unknown("workspace member", member, known, f.name+", manifest.members")
	}
	if len(members) == 0 {
		return nil, noProject(f.name)
	}
	return members, nil
}

// groups gives the groups of a root that is no project. Of them the lock has the requirements only, which lead to every
// version of the name, each where its fork of the resolution holds.
func (f *uvLock) groups() map[pep508.Name][]uvDependency {
	groups := map[pep508.Name][]uvDependency{}
	for name, requirements := range f.Manifest.Groups {
		list := []uvDependency{}
		for _, r := range requirements {
			for i := range f.Packages {
				p := &f.Packages[i]
				if p.Name != r.Name {
					continue
				}
				for _, fork := range append(p.Forks, "")[:max(len(p.Forks), 1)] {
					list = append(list, uvDependency{Name: p.Name, Version: p.Version, Source: p.Source, Extra: r.Extras, Marker: both(r.Marker, fork)})
				}
			}
		}
		groups[pep508.NewName(name)] = list
	}
	return groups
}

// both joins two markers, either of which may be empty.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return "(" + a + ") and (" + b + ")"
}

// groups of the package, also those without dependencies.
func (p *uvPackage) groups() map[pep508.Name][]uvDependency {
	groups := map[pep508.Name][]uvDependency{}
	for name := range p.Metadata.RequiresDev {
		groups[pep508.NewName(name)] = nil
	}
	for name, list := range p.Groups {
		groups[pep508.NewName(name)] = list
	}
	return groups
}

// extras of the package, also those without dependencies.
func (p *uvPackage) extras() map[pep508.Name]bool {
	extras := map[pep508.Name]bool{}
	for name := range p.Optional {
		extras[pep508.NewName(name)] = true
	}
	for _, name := range p.Metadata.ProvidesExtras {
		extras[pep508.NewName(name)] = true
	}
	return extras
}

// encoded is what the markers of a lock with conflicts call it: extra-4-core-cpu is the extra cpu of core.
func (c uvConflict) encoded() pep508.Name {
	name := string(pep508.NewName(c.Package))
	parts := []string{"project", strconv.Itoa(len(name)), name}
	switch {
	case c.Extra != "":
		parts = append(append([]string{"extra"}, parts[1:]...), c.Extra)
	case c.Group != "":
		parts = append(append([]string{"group"}, parts[1:]...), c.Group)
	}
	return pep508.NewName(strings.Join(parts, "-"))
}

func (c uvConflict) exclusive() Exclusive {
	text := c.Package
	switch {
	case c.Extra != "":
		text = "the extra " + c.Extra + " of " + c.Package
	case c.Group != "":
		text = "the group " + c.Group + " of " + c.Package
	}
	return Exclusive{Active: c.encoded(), Text: text}
}
