package main

import (
	"fmt"

	"github.com/paketo-buildpacks/packit/v2/servicebindings"

	"github.com/lockstep/python/internal/dependency"
)

// bindings reads where archives are taken from out of the service bindings of the platform: dependency-mapping (sha256 → URI)
// and dependency-mirror (host or "default" → mirror).
func bindings(platform string) (dependency.Sources, error) {
	sources := dependency.Sources{Mirrors: map[string]string{}, Mappings: map[string]string{}}
	resolver := servicebindings.NewResolver()
	for kind, into := range map[string]map[string]string{"dependency-mapping": sources.Mappings, "dependency-mirror": sources.Mirrors} {
		found, err := resolver.Resolve(kind, "", platform)
		if err != nil {
			return sources, err
		}
		for _, binding := range found {
			for key, entry := range binding.Entries {
				value, err := entry.ReadString()
				if err != nil {
					return sources, fmt.Errorf("entry %s of binding %s: %w", key, binding.Name, err)
				}
				into[key] = value
			}
		}
	}
	return sources, nil
}
