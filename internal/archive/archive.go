// Package archive unpacks a tar.gz into a directory and never outside of it: file operations go through os.Root, which
// refuses paths and symlinks that leave it, and links are checked besides, so that nothing points out of the directory.
//
// The check of a link is one of text, so the text has to mean what it says: directories are real ones (nothing is
// unpacked through a symlink), a symlink climbs before it descends, and a hard link leads to a file, not to a symlink
// that would point elsewhere from its new place.
package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Unpack writes the entries of the tar.gz at file that keep tells into dir, which must exist. The first path component of each
// entry is stripped; keep gets what is left, slash separated. Modes become 0755 or 0644; owners and times are the process's.
func Unpack(file, dir string, keep func(name string) bool) error {
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
			// What follows the last entry is read too: the checksum of gzip stands behind it.
			if _, err = io.Copy(io.Discard, zip); err == nil {
				return nil
			}
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

var (
	errEscape  = errors.New("leaves the directory it is unpacked to")
	errThrough = errors.New("stands behind something that is no directory")
	errLink    = errors.New("is a hard link to something that is not a file")
)

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
	if header.Typeflag == tar.TypeDir {
		return u.mkdir(name)
	}
	if err := u.mkdir(path.Dir(name)); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeReg:
		return u.file(name, header, content)
	case tar.TypeSymlink:
		if escapes(path.Dir(name), header.Linkname) {
			return errEscape
		}
		return u.root.Symlink(header.Linkname, name)
	case tar.TypeLink:
		return u.link(name, header.Linkname)
	}
	return fmt.Errorf("has the type %q, which no release has", header.Typeflag)
}

// escapes tells whether a symlink in directory dir may point out of the root. A target that climbs after it went down is
// not judged: what it went through may be a symlink itself.
func escapes(dir, target string) bool {
	if path.IsAbs(target) {
		return true
	}
	rest := target
	for strings.HasPrefix(rest, "../") || strings.HasPrefix(rest, "./") {
		_, rest, _ = strings.Cut(rest, "/")
	}
	if rest != ".." && strings.Contains("/"+rest+"/", "/../") {
		return true
	}
	joined := path.Join(dir, target)
	return joined == ".." || strings.HasPrefix(joined, "../")
}

func (u *unpacker) link(name, target string) error {
	target, err := strip(target)
	if err != nil {
		return err
	}
	info, err := u.root.Lstat(target)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errLink
	}
	return u.root.Link(target, name)
}

// mkdir makes a directory and those above it.
func (u *unpacker) mkdir(name string) error {
	if u.made[name] {
		return nil
	}
	if err := u.mkdir(path.Dir(name)); err != nil {
		return err
	}
	err := u.root.Mkdir(name, 0o755)
	if errors.Is(err, fs.ErrExist) {
		err = u.isDirectory(name)
	} else if err == nil {
		err = u.root.Chmod(name, 0o755) // whatever the umask is
	}
	if err != nil {
		return err
	}
	u.made[name] = true
	return nil
}

func (u *unpacker) isDirectory(name string) error {
	info, err := u.root.Lstat(name)
	if err == nil && !info.IsDir() {
		return errThrough
	}
	return err
}

func (u *unpacker) file(name string, header *tar.Header, content io.Reader) error {
	mode := os.FileMode(0o644)
	if header.Mode&0o111 != 0 {
		mode = 0o755
	}
	file, err := u.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Chmod(mode), file.Close())
}
