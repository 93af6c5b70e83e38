package main

import (
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/lock"
)

// takeFormats lets the variables that choose between wheels and sources have their say, where the index has more than one file to
// choose from. A lock that names files has chosen; it can only be stopped from building one.
func (b *builder) takeFormats() {
	options, taken := install.Formats(b.env)
	s := &b.source
	switch {
	case len(taken) == 0 || !s.asks():
		return
	case s.open != nil:
		s.open.args = append(s.open.args, strings.Fields(strings.Join(options, " "))...)
	case s.hashed || path.Base(s.file) == "Pipfile.lock":
		s.options = append(s.options, options...)
	default:
		s.onlyBinary = options
		if slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "--no-binary") }) {
			b.log.warn("ignoring that packages are to be built (%s): %s says which file of each is installed", strings.Join(taken, ", "), s.file)
		}
		return
	}
	s.notes = append(s.notes, "Taking "+strings.Join(taken, ", "))
}

// checkFormats stops at a locked package that has to be built from source although a variable forbids it.
func (b *builder) checkFormats(packages []lock.Package) error {
	for _, p := range packages {
		source := p.IsSdist || p.Origin != nil && p.Origin.VCS != ""
		if source && strings.Contains(lock.BuildSettings(b.source.onlyBinary, p.Name), "--only-binary") {
			return forbiddenBuild(b.source.file, p)
		}
	}
	return nil
}
