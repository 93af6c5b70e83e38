package main

import (
	"os"
	"path/filepath"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/tree"
)

// digestProject hashes what a directory of the app is built from: its files, and the commit and tags of git where the version
// may come from there.
func (b *builder) digestProject(dir string) (string, error) {
	sum, err := tree.Digest(b.packit.WorkingDir, dir)
	if err != nil {
		return "", err
	}
	built, err := lock.ReadBuilt(b.app, filepath.Clean(dir))
	if state := tree.GitState(b.packit.WorkingDir, dir); built.Dynamic && state != "" {
		sum = digest(sum + state)
	}
	return sum, err
}

// copyProject copies a directory of the app to be built. One with a setup.cfg alone gets the setup.py that setuptools stopped to
// ask for, and that installers need to see a project.
func (b *builder) copyProject(to, dir string) error {
	if err := tree.Copy(to, b.packit.WorkingDir, dir); err != nil {
		return err
	}
	for _, name := range []string{"setup.py", "pyproject.toml"} {
		if _, err := os.Lstat(filepath.Join(to, name)); err == nil {
			return nil
		}
	}
	return os.WriteFile(filepath.Join(to, "setup.py"), []byte("from setuptools import setup\nsetup()\n"), 0o644)
}
