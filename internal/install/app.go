package install

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

// AppSources lists the app's own Python files: not those of virtual environments, of other languages' dependencies, or of
// directories that the app hides. Their bytecode goes to the same relative place under outputs.
func AppSources(app, outputs string, minor int) ([]Source, error) {
	skip := func(rel string) bool {
		base := filepath.Base(rel)
		if strings.HasPrefix(base, ".") || base == "__pycache__" || base == "node_modules" || base == "site-packages" {
			return true
		}
		_, err := os.Stat(filepath.Join(app, rel, "pyvenv.cfg"))
		return err == nil
	}
	list, err := Sources(app, app, minor, skip)
	if errors.Is(err, fs.ErrPermission) {
		return nil, unreadable(app, err)
	}
	if err != nil {
		return nil, err
	}
	for i := range list {
		rel, err := filepath.Rel(app, list[i].Output)
		if err != nil {
			return nil, err
		}
		list[i].Output = filepath.Join(outputs, rel)
	}
	return list, nil
}

// Digest is a hash of the sources: of their names in the image and of their contents.
func Digest(app string, sources []Source) (string, error) {
	sum := sha256.New()
	for _, s := range sources {
		content, err := os.Open(s.Path)
		if err != nil {
			return "", unreadable(app, err)
		}
		one := sha256.New()
		_, err = io.Copy(one, content)
		if err = errors.Join(err, content.Close()); err != nil {
			return "", fmt.Errorf("reading %s: %w", s.Path, err)
		}
		fmt.Fprintf(sum, "%s\x00%x\n", s.Name, one.Sum(nil))
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// LinkBytecode puts a link to the directory of the bytecode in the place of each source directory's __pycache__, so that the
// bytecode can stand in a layer that is reused by reference as long as no source changes.
func LinkBytecode(sources []Source, app, outputs string) error {
	last := ""
	for _, s := range sources {
		dir := filepath.Dir(s.Path)
		if dir == last {
			continue
		}
		last = dir
		rel, err := filepath.Rel(app, dir)
		if err != nil {
			return err
		}
		cache := filepath.Join(dir, "__pycache__")
		err = errors.Join(os.RemoveAll(cache), os.Symlink(filepath.Join(outputs, rel, "__pycache__"), cache))
		if err != nil {
			return fmt.Errorf("linking the app's bytecode: %w", err)
		}
	}
	return nil
}

func unreadable(app string, err error) error {
	var at *fs.PathError
	name, reason := "", err.Error()
	if errors.As(err, &at) {
		reason = at.Err.Error()
		if rel, e := filepath.Rel(app, at.Path); e == nil {
			name = rel
		}
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s cannot be read: %s", name, reason),
		Where: name,
		Fix:   fmt.Sprintf("make it readable for everybody: chmod a+rX %s", name),
		Err:   err,
	}
}
