package main

import (
	"fmt"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/wheel"
)

// packageSet is what the app's file comes to for the chosen Python.
type packageSet struct {
	file        string // the file of the app
	packages    []lock.Package
	options     []string
	added       []pep508.Name    // of packages, those that the app does not lock
	credentials lock.Credentials // that the file holds; never kept
	resolved    string           // digest of what a resolution was made from; empty for a lock
	frozen      string           // the resolution as a pylock, kept in the image for the next build
}

// readPackages narrows the chosen file to what this Python on this target gets, and resolves it first where it is no lock.
func (b *builder) readPackages() (packageSet, error) {
	set, err := b.evaluated()
	set.file = b.source.file
	return set, err
}

func (b *builder) evaluated() (packageSet, error) {
	s := b.source
	for _, note := range s.notes {
		b.log.fact("%s", note)
	}
	switch {
	case s.file == "":
		b.log.fact("There is no lock file, requirements.txt or pyproject.toml: the app gets no packages")
		return packageSet{}, nil
	case !s.asks():
		b.log.fact("%s lists no packages", s.file)
		return packageSet{}, b.ignore(nil)
	case s.open != nil:
		if err := b.ignore(nil); err != nil {
			return packageSet{}, err
		}
		return b.resolve(s)
	}
	packages, err := b.evaluate(*s.lock)
	if err == nil {
		err = b.checkFormats(packages)
	}
	if err != nil {
		return packageSet{}, err
	}
	b.log.fact("Using %s", b.described(packages))
	for _, warning := range s.lock.Warnings {
		b.log.warn("%s", warning)
	}
	return packageSet{packages: packages, options: s.options, credentials: s.credentials}, b.ignore(packages)
}

// described is the lock, what it agrees with, and what of it is taken.
func (b *builder) described(packages []lock.Package) string {
	text, number := b.source.file, count(len(packages), "package")
	if b.source.hashed {
		return fmt.Sprintf("%s: %s, all pinned and hashed", text, number)
	}
	if matches := b.source.lock.Matches; matches != "" {
		text += ", which matches " + matches
	}
	return fmt.Sprintf("%s: %s for production%s", text, number, b.requested())
}

// evaluate selects the packages for the chosen Python and this image.
func (b *builder) evaluate(l lock.Lock) ([]lock.Package, error) {
	env, err := b.environment()
	if err != nil {
		return nil, err
	}
	return lock.Select(l, env)
}

func (b *builder) environment() (lock.Environment, error) {
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[b.arch()]
	glibc, err := wheel.Glibc("/")
	version := b.cpython.release.Version
	return lock.Environment{
		Markers: pep508.Linux(version, machine),
		Tags:    wheel.Interpreter{Minor: version.Minor(), Machine: machine, Glibc: glibc}.Tags(),
		Python:  version,
	}, err
}

func sameVersion(a, b string) bool {
	x, errX := pep440.Parse(a)
	y, errY := pep440.Parse(b)
	return a == b || errX == nil && errY == nil && x.Compare(y) == 0
}
