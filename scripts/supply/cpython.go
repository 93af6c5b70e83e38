package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A file of the lists that go-embed-python keeps beside its trees. A compressed one is stored as NAME.gz.
type listed struct {
	Name       string
	Size       int64
	Perm       fs.FileMode
	Symlink    string
	Compressed bool
}

// makeCPython makes a CPython archive of a version of github.com/kluctl/go-embed-python, which holds the files of
// python-build-standalone without pip's package. pip comes from the same module, as upstream's archives have it.
func makeCPython(module, version, build, arch, out string) (dependency, error) {
	name, err := machine(arch)
	if err != nil {
		return dependency{}, err
	}
	minor := version[:strings.LastIndex(version, ".")]
	entries, err := readTree(filepath.Join(module, "python/internal/data/linux-"+arch), "python")
	if err != nil {
		return dependency{}, err
	}
	pip, err := readTree(filepath.Join(module, "pip/internal/data"), "python/lib/python"+minor+"/site-packages")
	if err != nil {
		return dependency{}, err
	}
	for _, e := range pip {
		// Its scripts name the interpreter they were made with; the interpreter's tree has better ones.
		if !strings.Contains(e.name, "/site-packages/bin") {
			entries = append(entries, e)
		}
	}

	file := filepath.Join(out, fmt.Sprintf("cpython-%s+%s-%s-unknown-linux-gnu-install_only_stripped.tar.gz", version, build, name))
	checksum, err := writeArchive(file, entries)
	return dependency{
		ID:       "cpython",
		Name:     "CPython",
		Version:  version,
		Build:    build,
		OS:       "linux",
		Arch:     arch,
		URI:      fileURI(file),
		Checksum: "sha256:" + checksum,
		PURL:     fmt.Sprintf("pkg:generic/cpython@%s?checksum=sha256:%s", version, checksum),
		CPE:      fmt.Sprintf("cpe:2.3:a:python:python:%s:*:*:*:*:*:*:*", version),
		Licenses: []string{"PSF-2.0"},
	}, err
}

// readTree lists the files of a tree of the module under a directory of the archive.
func readTree(dir, under string) ([]entry, error) {
	content, err := os.ReadFile(filepath.Join(dir, "files.json"))
	if err != nil {
		return nil, err
	}
	var list struct{ Files []listed }
	if err := json.Unmarshal(content, &list); err != nil {
		return nil, fmt.Errorf("reading %s/files.json: %w", dir, err)
	}
	var entries []entry
	for _, f := range list.Files {
		e := entry{name: path.Join(under, f.Name), mode: f.Perm, link: f.Symlink, size: f.Size}
		e.open = func() (io.ReadCloser, error) { return f.openIn(dir) }
		entries = append(entries, e)
	}
	return entries, nil
}

func (f listed) openIn(dir string) (io.ReadCloser, error) {
	if !f.Compressed {
		return os.Open(filepath.Join(dir, f.Name))
	}
	file, err := os.Open(filepath.Join(dir, f.Name+".gz"))
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(file)
	return struct {
		io.Reader
		io.Closer
	}{r, file}, err
}
