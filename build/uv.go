package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lockstep/python/internal/archive"
	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/lock"
)

// installer gives uv, ready to run; file is where the packages come from, credentials those of its indexes and URLs.
func (b *builder) installer(file string, credentials lock.Credentials) (*install.UV, error) {
	found := b.pins.Select("uv", "linux", b.arch())
	if len(found) == 0 {
		return nil, fmt.Errorf("looking for uv: buildpack.toml pins none for linux/%s", b.arch())
	}
	path, err := b.unpackUV(found[0])
	if err != nil {
		return nil, err
	}
	cache := filepath.Join(b.scratch, "uv-cache")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, fmt.Errorf("making the cache of uv: %w", err)
	}
	return &install.UV{Path: path, File: file, Cache: cache, AppDir: b.packit.WorkingDir, Env: b.uvEnv(), Run: b.run, Out: b.log.indented(), Credentials: credentials}, nil
}

// uvEnv is the environment with what the owner says to pip said to uv.
func (b *builder) uvEnv() []string {
	env, taken := install.TranslatePip(b.env, b.source.open != nil)
	if b.saidPip {
		return env
	}
	b.saidPip = true
	if len(taken) > 0 {
		b.log.fact("Taking %s", strings.Join(taken, ", "))
	}
	if ignored := install.Unheard(b.env); len(ignored) > 0 {
		b.log.warn("ignoring variables that have no say in this build: %s", strings.Join(ignored, ", "))
	}
	return env
}

func (b *builder) unpackUV(d dependency.Dependency) (string, error) {
	dir := filepath.Join(b.scratch, "uv")
	path := filepath.Join(dir, "uv")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	file, err := b.archive(d)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("unpacking uv: %w", err)
	}
	if err := archive.Unpack(file, dir, func(name string) bool { return name == "uv" }); err != nil {
		return "", err
	}
	return path, b.retire(d, file)
}
