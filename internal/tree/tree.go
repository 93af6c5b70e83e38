// Package tree reads directories of the app that packages are built from: a digest of what a build sees, and a copy to build
// in. Links that lead out of the directory count as what they lead to.
package tree

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// visitor gets the path that a file is read from, its place in the tree, and what it is; fs.SkipDir leaves a directory out.
type visitor func(from, rel string, entry fs.DirEntry) error

// walk visits the files of a directory of the app, in a fixed order. A link that leads out of the directory and stays in the app
// is followed, since the directory is built without what lies around it; others stay links.
func walk(app, from, rel string, inside []string, visit visitor) error {
	real, err := filepath.EvalSymlinks(from)
	if err != nil || slices.Contains(inside, real) {
		return err // a link to a directory that it stands in
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		at, name := filepath.Join(from, entry.Name()), filepath.Join(rel, entry.Name())
		if entry.Type() == fs.ModeSymlink && leadsOut(at, name) {
			entry = followed(app, at, entry)
		}
		err := visit(at, name, entry)
		if err == nil && entry.IsDir() {
			err = walk(app, at, name, append(slices.Clone(inside), real), visit)
		}
		if err != nil && err != fs.SkipDir {
			return err
		}
	}
	return nil
}

// leadsOut tells whether the link at a path, whose place in the tree is rel, leads out of the tree.
func leadsOut(path, rel string) bool {
	target, err := os.Readlink(path)
	return err == nil && (filepath.IsAbs(target) || !filepath.IsLocal(filepath.Join(filepath.Dir(rel), target)))
}

// followed is what a link leads to; one that leads nowhere, or out of the app, stays a link.
func followed(app, path string, link fs.DirEntry) fs.DirEntry {
	root, errRoot := filepath.EvalSymlinks(app)
	target, errTarget := filepath.EvalSymlinks(path)
	info, err := os.Stat(path)
	if errors.Join(errRoot, errTarget, err) != nil || target != root && !strings.HasPrefix(target, root+"/") {
		return link
	}
	return fs.FileInfoToDirEntry(info)
}

// Digest hashes the names and contents of all files of a directory of the app, hidden ones and bytecode aside.
func Digest(app, dir string) (string, error) {
	sum := sha256.New()
	err := walk(app, filepath.Join(app, dir), "", nil, func(from, rel string, entry fs.DirEntry) error {
		base := filepath.Base(rel)
		switch {
		case entry.IsDir() && (base == "__pycache__" || strings.HasPrefix(base, ".")):
			return fs.SkipDir
		case entry.Type() == fs.ModeSymlink:
			target, err := os.Readlink(from)
			fmt.Fprintf(sum, "%s\x00→%s\n", rel, target)
			return err
		case entry.Type().IsRegular():
			return hashFile(sum, from, rel)
		}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

func hashFile(sum io.Writer, path, rel string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	content := sha256.New()
	_, err = io.Copy(content, file)
	fmt.Fprintf(sum, "%s\x00%x\n", rel, content.Sum(nil))
	return err
}

// Copy copies a directory of the app, bytecode and virtual environments aside, so that it can be built: build backends
// leave files in their source.
func Copy(to, app, dir string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	return walk(app, filepath.Join(app, dir), "", nil, func(from, rel string, entry fs.DirEntry) error {
		place := filepath.Join(to, rel)
		switch {
		case entry.IsDir() && (filepath.Base(rel) == "__pycache__" || isVenv(from)):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(place, 0o755)
		case entry.Type() == fs.ModeSymlink:
			target, err := os.Readlink(from)
			return errors.Join(err, os.Symlink(target, place))
		case entry.Type().IsRegular():
			return copyFile(place, from)
		}
		return nil
	})
}

func isVenv(path string) bool {
	_, err := os.Stat(filepath.Join(path, "pyvenv.cfg"))
	return err == nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
