package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"

	"github.com/BurntSushi/toml"
)

type target struct{ os, arch string }

// A table is kept whole, so that fields nobody here knows reach the buildpack.
type table = map[string]any

// A descriptor is a buildpack.toml.
type descriptor struct {
	file table
	list []table // metadata.dependencies
}

// readDescriptor reads a buildpack.toml, and the file that replaces its dependencies unless it is "".
func readDescriptor(buildpack, dependencies string) (descriptor, error) {
	file := table{}
	if _, err := toml.DecodeFile(buildpack, &file); err != nil {
		return descriptor{}, fmt.Errorf("reading %s: %w", buildpack, err)
	}
	var own struct {
		Metadata struct{ Dependencies []table }
	}
	if _, err := toml.DecodeFile(buildpack, &own); err != nil {
		return descriptor{}, fmt.Errorf("reading %s: %w", buildpack, err)
	}
	if dependencies == "" {
		return descriptor{file, own.Metadata.Dependencies}, nil
	}
	var other struct{ Dependencies []table }
	if _, err := toml.DecodeFile(dependencies, &other); err != nil {
		return descriptor{}, fmt.Errorf("reading %s: %w", dependencies, err)
	}
	if len(other.Dependencies) == 0 {
		return descriptor{}, fmt.Errorf("%s has no [[dependencies]]", dependencies)
	}
	return descriptor{file, other.Dependencies}, nil
}

func (d descriptor) targets() ([]target, error) {
	list, _ := d.file["targets"].([]table)
	var targets []target
	for _, t := range list {
		targets = append(targets, target{text(t, "os"), text(t, "arch")})
	}
	if len(targets) == 0 {
		return nil, errors.New("buildpack.toml has no [[targets]]")
	}
	return targets, nil
}

// dependencies are those that fit the target: one without os or arch fits all.
func (d descriptor) dependencies(t target) []table {
	var own []table
	for _, dep := range d.list {
		if fits(text(dep, "os"), t.os) && fits(text(dep, "arch"), t.arch) {
			own = append(own, dep)
		}
	}
	return own
}

func fits(wanted, have string) bool { return wanted == "" || wanted == have }

// write writes the buildpack.toml with other dependencies. The keys come out sorted: same descriptor, same bytes.
func (d descriptor) write(path string, dependencies []table) error {
	file := maps.Clone(d.file)
	metadata, _ := file["metadata"].(table)
	metadata = maps.Clone(metadata)
	if metadata == nil {
		metadata = table{}
	}
	metadata["dependencies"] = dependencies
	file["metadata"] = metadata

	var content bytes.Buffer
	encoder := toml.NewEncoder(&content)
	encoder.Indent = ""
	if err := encoder.Encode(file); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.WriteFile(path, content.Bytes(), 0o644)
}

func text(t table, key string) string {
	s, _ := t[key].(string)
	return s
}
