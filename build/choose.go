package main

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/config"
)

// chooseSource settles which file decides: the one that a setting names, else the first that asks for packages.
func (b *builder) chooseSource() error {
	err := b.addTestGroup()
	if err != nil {
		return err
	}
	if name := b.config.LockFile; name != "" {
		b.source, err = b.chosen(config.LockFile, name)
		return err
	}
	if names := b.config.Requirements; names != "" {
		b.source, err = b.chosen(config.Requirements, names)
		return err
	}
	candidates, err := b.candidates()
	if err != nil {
		return err
	}
	for i, name := range candidates {
		s, err := b.read(name)
		if err != nil {
			return orChoose(err, candidates[i+1:])
		}
		if b.source.file == "" || s.asks() {
			b.source = s
		}
		if s.asks() {
			break
		}
	}
	return b.checkSource()
}

// candidates are the files there are that packages can come from, in the order of precedence.
func (b *builder) candidates() ([]string, error) {
	var list []string
	for _, f := range formats() {
		if f.name == "pylock.toml" && !b.project.Has(f.name) {
			named := b.project.Pylocks()
			if len(named) > 1 {
				return nil, severalPylocks(named)
			}
			list = append(list, named...)
		}
		if b.project.Has(f.name) {
			list = append(list, f.name)
		}
	}
	return list, nil
}

// chosen reads the file, or the requirements files, that a setting names.
func (b *builder) chosen(setting, names string) (source, error) {
	if b.config.LockFile != "" && b.config.Requirements != "" {
		return source{}, bothSettings(b.config.LockFile, b.config.Requirements)
	}
	for _, name := range strings.Fields(names) {
		if info, err := fs.Stat(b.app, path.Clean(name)); err != nil || info.IsDir() {
			return source{}, noSuchFile(setting, name, b.readable())
		}
	}
	if setting == config.Requirements {
		return b.readRequirements(names)
	}
	return b.read(path.Clean(names))
}

// readable lists the files that a setting can name.
func (b *builder) readable() []string {
	list := b.project.Pylocks()
	for _, f := range formats() {
		if b.project.Has(f.name) && !slices.Contains(list, f.name) {
			list = append(list, f.name)
		}
	}
	return append(list, b.project.Requirements...)
}

// checkSource stops at an app whose packages would be left out in silence: conda's, and those of requirements files that are
// not in the place where they are looked for.
func (b *builder) checkSource() error {
	if b.source.asks() {
		return nil
	}
	if conda := b.project.Conda(); len(conda) > 0 {
		return condaOnly(conda[0])
	}
	if b.source.file == "" || b.source.file == "pyproject.toml" {
		if found := b.project.Requirements; len(found) > 0 {
			return whichRequirements(found)
		}
	}
	return nil
}
