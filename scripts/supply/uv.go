package main

import (
	"archive/zip"
	"fmt"
	"path"
	"path/filepath"
)

// makeUV makes uv's release archive of its wheel, which holds the same static programs.
func makeUV(wheel, version, arch, out string) (dependency, error) {
	name, err := machine(arch)
	if err != nil {
		return dependency{}, err
	}
	r, err := zip.OpenReader(wheel)
	if err != nil {
		return dependency{}, fmt.Errorf("opening %s: %w", wheel, err)
	}
	defer r.Close()

	folder := fmt.Sprintf("uv-%s-unknown-linux-gnu", name)
	var entries []entry
	for _, f := range r.File {
		if base := path.Base(f.Name); base == "uv" || base == "uvx" {
			entries = append(entries, entry{name: path.Join(folder, base), mode: 0o755, size: int64(f.UncompressedSize64), open: f.Open})
		}
	}
	if len(entries) != 2 {
		return dependency{}, fmt.Errorf("%s does not hold uv and uvx", wheel)
	}

	file := filepath.Join(out, folder+".tar.gz")
	checksum, err := writeArchive(file, entries)
	return dependency{
		ID:       "uv",
		Name:     "uv",
		Version:  version,
		OS:       "linux",
		Arch:     arch,
		URI:      fileURI(file),
		Checksum: "sha256:" + checksum,
		PURL:     fmt.Sprintf("pkg:generic/uv@%s?checksum=sha256:%s", version, checksum),
		Licenses: []string{"Apache-2.0", "MIT"},
	}, err
}
