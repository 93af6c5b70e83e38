package main

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/lock"
)

// servers has a hashed requirements file for each server that an app is given when it locks none. Made with
// uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-annotate.
//
//go:embed servers
var servers embed.FS

// withServer adds a server to the packages of an app that has none. What the app locks itself stays as it is, and what is added
// gets layers of its own, so that no layer of the app's depends on it.
func (b *builder) withServer(set packageSet, name string) (packageSet, error) {
	requirements, err := lock.ReadRequirements(servers, "servers/"+name+".txt", func(string) string { return "" })
	if err != nil {
		return set, fmt.Errorf("reading the buildpack's own %s: %w", name, err)
	}
	l, err := requirements.Lock()
	if err != nil {
		return set, err
	}
	packages, err := b.evaluate(l)
	if err != nil {
		return set, err
	}
	set.packages = slices.Clone(set.packages)
	var added []string
	for _, p := range packages {
		if slices.ContainsFunc(set.packages, func(q lock.Package) bool { return q.Name == p.Name }) {
			continue
		}
		set.packages = append(set.packages, p)
		set.added = append(set.added, p.Name)
		added = append(added, p.String())
	}
	slices.SortFunc(set.packages, func(a, b lock.Package) int { return strings.Compare(string(a.Name), string(b.Name)) })
	b.log.fact("Adding %s, which this buildpack pins", strings.Join(added, ", "))
	return set, nil
}
