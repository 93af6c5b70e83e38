package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/paketo-buildpacks/packit/v2"

	"github.com/lockstep/python/internal/dependency"
)

// downloadsLayer keeps the CPython archive for the next build where there is a cache, so that compiling a changed source does
// not depend on a download. The archive is kept as it came, verified again when it is used, and nothing else is kept: uv is only
// needed together with packages, which have to be downloaded too. An offline package of this buildpack keeps nothing.
const downloadsLayer = "downloads"

func (b *builder) cached(d dependency.Dependency) string {
	return filepath.Join(b.packit.Layers.Path, downloadsLayer, d.SHA256())
}

// archive brings the archive of a dependency into the scratch directory, from the cache if it is there and whole.
func (b *builder) archive(d dependency.Dependency) (string, error) {
	path := filepath.Join(b.scratch, d.ID+".tar.gz")
	if _, err := os.Stat(b.cached(d)); err == nil {
		kept := d
		kept.URI = "file://" + b.cached(d)
		if err := (dependency.Fetcher{Limits: b.fetcher.Limits}).Fetch(b.ctx, kept, path); err == nil {
			return path, nil
		}
		b.log.warn("the cached archive of %s %s is damaged; it is downloaded again", d.Name, d.Version)
	}
	if !strings.HasPrefix(d.URI, "file:") {
		b.log.fact("Downloading %s %s", d.Name, d.Version)
	}
	return path, b.fetcher.Fetch(b.ctx, d, path)
}

// retire is done with an archive: one that was downloaded goes to the cache, if it is CPython's.
func (b *builder) retire(d dependency.Dependency, path string) error {
	if d.ID != "cpython" || strings.HasPrefix(d.URI, "file:") {
		return os.Remove(path)
	}
	err := errors.Join(os.MkdirAll(filepath.Dir(b.cached(d)), 0o755), os.Rename(path, b.cached(d)))
	if err != nil {
		return fmt.Errorf("keeping the archive of %s: %w", d.Name, err)
	}
	return nil
}

// keepDownloads keeps the cache layer, if there is one, with the archive of the chosen CPython alone.
func (b *builder) keepDownloads() error {
	layer := b.layers.fresh(downloadsLayer)
	entries, err := os.ReadDir(layer.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if entry.Name() != b.cpython.dependency.SHA256() {
			err = errors.Join(err, os.RemoveAll(filepath.Join(layer.Path, entry.Name())))
		}
	}
	if err != nil {
		return fmt.Errorf("pruning the cache of archives: %w", err)
	}
	b.layers.done = append(b.layers.done, packit.Layer{Name: layer.Name, Path: layer.Path, Cache: true})
	return nil
}
