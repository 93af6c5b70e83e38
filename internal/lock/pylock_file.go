package lock

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// ReadPylockFile reads a pylock.toml or pylock.<name>.toml of an app. Its default groups are the production set; what is
// requested comes on top. Checked here is what the file alone shows; environments and Pythons are checked by Select.
func ReadPylockFile(app fs.FS, name string, want Request) (Lock, error) {
	var file pylock
	if _, err := readTOML(app, name, &file); err != nil {
		return Lock{}, err
	}
	major, minor, ok := strings.Cut(file.Version, ".")
	if !ok || major != "1" {
		return Lock{}, otherFormat(name, "", "lock-version", file.Version, "1", "lock with a tool that writes lock-version 1.0, or use a newer release of this buildpack")
	}
	for i := range file.Packages {
		if err := file.Packages[i].check(name); err != nil {
			return Lock{}, err
		}
	}
	l, err := file.lock(name)
	if err != nil {
		return Lock{}, err
	}
	if n, err := strconv.Atoi(minor); err != nil || n > 0 {
		l.Warnings = append(l.Warnings, fmt.Sprintf("%s has lock-version %s; this buildpack knows 1.0, and passes over what is new in it", name, file.Version))
	}
	if err := file.describe(&l, want); err != nil {
		return Lock{}, err
	}
	for i := range l.Entries {
		file.Packages[i].amend(&l.Entries[i], name, file.CreatedBy)
	}
	return l, file.direct(app, &l)
}

// describe reads what the file says of itself, and what of it is wanted.
func (file pylock) describe(l *Lock, want Request) error {
	if l.Python, l.PyWhere = file.Python, l.File+", requires-python"; l.Python != "" {
		if _, err := pep440.ParseSpecifiers(l.Python); err != nil {
			return badSpecifier(l.File, "requires-python", err)
		}
	}
	for _, text := range file.Environments {
		marker, err := readMarker(text)
		if err != nil {
			return badMarker(l.File, "environments", err)
		}
		l.Environments = append(l.Environments, marker)
	}
	l.Relock = relock(file.CreatedBy, l.File)
	extras, groups := pep508.NewNames(file.Extras), pep508.NewNames(slices.Concat(file.Groups, file.Defaults))
	for _, extra := range want.Extras {
		if !slices.Contains(extras, extra) {
			return unknown("extra", extra, extras, l.File+", extras")
		}
	}
	for _, group := range want.Groups {
		if !slices.Contains(groups, group) {
			return unknown("dependency group", group, groups, l.File+", dependency-groups")
		}
	}
	if want.Member != "" {
		return unknown("workspace member", want.Member, nil, l.File)
	}
	l.Active, l.Groups = slices.Clone(want.Extras), slices.Concat(pep508.NewNames(file.Defaults), want.Groups)
	return nil
}

// check finds what a package lacks to be installed, or has too much of.
func (p *pylockPackage) check(file string) error {
	var sources []string
	for _, s := range []struct {
		name  string
		there bool
	}{{"vcs", p.VCS != nil}, {"directory", p.Directory != nil}, {"archive", p.Archive != nil}, {"sdist or wheels", p.Sdist != nil || len(p.Wheels) > 0}} {
		if s.there {
			sources = append(sources, s.name)
		}
	}
	if len(sources) != 1 {
		return sourcesOf(file, p.Name, sources)
	}
	if _, err := pep440.ParseSpecifiers(p.Python); err != nil {
		return badSpecifier(file, "requires-python of "+p.Name, err)
	}
	switch {
	case p.VCS != nil && (p.VCS.Commit == "" || p.VCS.URL == "" && p.VCS.Path == ""):
		return incomplete(file, p.Name, "no commit-id and URL for its repository")
	case p.Directory != nil && p.Directory.Path == "":
		return incomplete(file, p.Name, "no path for its directory")
	}
	files := slices.Clone(p.Wheels)
	if p.Sdist != nil {
		files = append(files, *p.Sdist)
	}
	if p.Archive != nil {
		files = append(files, p.Archive.pylockFile)
	}
	for _, f := range files {
		switch {
		case f.URL == "" && f.Path == "":
			return incomplete(file, p.Name, "neither a URL nor a path for a file")
		case !strong.MatchString(f.file().hash()):
			return incomplete(file, p.Name, "no hash (sha256 or stronger) for "+f.file().Name)
		}
	}
	return nil
}

// strong hashes are those that uv verifies.
var strong = regexp.MustCompile(`^(?:sha256|sha384|sha512|blake2b):.`)

// amend settles what is refused only if the package is selected, and what one tool writes differently.
func (p *pylockPackage) amend(e *Entry, file, createdBy string) {
	if p.VCS != nil && (p.VCS.Type != "git" || p.VCS.URL == "") {
		e.NoBuild = pylockVCS(file, p.Name, p.VCS.Type, p.VCS.Path)
	}
	// Pipenv before 2026.10 writes each hash as a wheel of a name and URL that it makes up. The index knows the files.
	if made := strings.TrimRight(p.Index, "/") + "/" + p.Name + "/"; createdBy == "pipenv" && len(p.Wheels) > 0 && strings.HasPrefix(p.Wheels[0].URL, made) {
		for _, f := range slices.Concat(e.Wheels, sdists(e)) {
			e.Hashes = append(e.Hashes, f.hash())
		}
		e.Wheels, e.Sdist = nil, nil
	}
}

func sdists(e *Entry) []File {
	if e.Sdist == nil {
		return nil
	}
	return []File{*e.Sdist}
}

// direct reads what the manifest beside a pylock.toml requires, for Select to compare: only PDM remembers what it was made from. A pylock of another name may be made from anything.
func (file pylock) direct(app fs.FS, l *Lock) error {
	data, err := fs.ReadFile(app, "pyproject.toml")
	if err != nil || l.File != "pylock.toml" {
		return nil
	}
	if file.CreatedBy == "pdm" && file.Defaults != nil { // not an export, which may be of some groups
		if _, _, err := file.asPDM(l.File).check(app, l); err != nil || l.Matches != "" {
			return err
		}
	}
	m, err := ReadManifest(data)
	if err != nil {
		return err
	}
	free := slices.Concat(pep508.NewNames([]string{m.Project.Name}), pep508.NewNames(m.Tool.UV.Excludes), pep508.NewNames(m.overridden()))
	for _, text := range m.Project.Dependencies {
		r, err := pep508.Parse(text)
		if err != nil {
			return badRequirement(text, "pyproject.toml, project.dependencies", err)
		}
		if !slices.Contains(free, r.Name) {
			l.Direct = append(l.Direct, r)
		}
	}
	return nil
}

// overridden are the packages whose versions are chosen against what requires them.
func (m Manifest) overridden() []string {
	list := m.Tool.PDM.Resolution.Excludes
	for name := range m.Tool.PDM.Resolution.Overrides {
		list = append(list, name)
	}
	for _, item := range m.Tool.UV.Overrides {
		text, _ := item.(string)
		if r, err := pep508.Parse(text); err == nil {
			list = append(list, string(r.Name))
		}
	}
	return list
}
