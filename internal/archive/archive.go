// Package archive unpacks a tar.gz into a directory and never outside of it: file operations go through os.Root, which
// refuses paths and symlinks that leave it, and a link's target is checked besides, so that nothing points out of the directory.
package archive

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// Keep says whether an entry is wanted. name is relative, slash separated, its first component stripped.
type Keep func(name string) bool

// Everything keeps all entries.
func Everything(string) bool { return true }

// Unpack writes the wanted entries of the tar.gz at file into dir, which must exist. The first path component of each
// entry is stripped. Modes become 0755 or 0644; owners and times are the process's.
func Unpack(file, dir string, keep Keep) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", path.Base(file), err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	defer root.Close()
	u := unpacker{root: root, made: map[string]bool{".": true}}
	for entries := tar.NewReader(zip); ; {
		header, err := entries.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpacking %s: %w", path.Base(file), err)
		}
		name, err := strip(header.Name)
		if err == nil && name != "." && keep(name) {
			err = u.write(name, header, entries)
		}
		if err != nil {
			return fmt.Errorf("unpacking %s: entry %q: %w", path.Base(file), header.Name, err)
		}
	}
}

var errEscape = errors.New("leaves the directory it is unpacked to")

// strip takes the first component off and refuses names that climb.
func strip(name string) (string, error) {
	if strings.HasPrefix(name, "/") {
		return "", errEscape
	}
	clean := path.Clean(name)
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return "", errEscape
	}
	_, rest, _ := strings.Cut(clean, "/")
	return path.Clean(rest), nil
}

type unpacker struct {
	root *os.Root
	made map[string]bool // directories that exist
}

func (u *unpacker) write(name string, header *tar.Header, content io.Reader) error {
	switch header.Typeflag {
	case tar.TypeDir:
		return u.mkdir(name)
	case tar.TypeReg:
		return u.file(name, header, content)
	case tar.TypeSymlink:
		if escapes(path.Dir(name), header.Linkname) {
			return errEscape
		}
		if err := u.mkdir(path.Dir(name)); err != nil {
			return err
		}
		return u.root.Symlink(header.Linkname, name)
	case tar.TypeLink:
		target, err := strip(header.Linkname)
		if err != nil {
			return err
		}
		if err := u.mkdir(path.Dir(name)); err != nil {
			return err
		}
		return u.root.Link(target, name)
	}
	return fmt.Errorf("has the type %q, which no release has", header.Typeflag)
}

// escapes tells whether a symlink in directory dir points out of the root.
func escapes(dir, target string) bool {
	if path.IsAbs(target) {
		return true
	}
	joined := path.Join(dir, target)
	return joined == ".." || strings.HasPrefix(joined, "../")
}

func (u *unpacker) mkdir(name string) error {
	if u.made[name] {
		return nil
	}
	if err := u.root.MkdirAll(name, 0o755); err != nil {
		return err
	}
	u.made[name] = true
	return nil
}

func (u *unpacker) file(name string, header *tar.Header, content io.Reader) error {
	if err := u.mkdir(path.Dir(name)); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if header.Mode&0o111 != 0 {
		mode = 0o755
	}
	file, err := u.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
