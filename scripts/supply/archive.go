package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sort"
	"time"
)

type entry struct {
	name string
	mode fs.FileMode
	link string
	size int64
	open func() (io.ReadCloser, error)
}

// writeArchive writes a tar.gz that is the same for the same entries, and returns its sha256.
func writeArchive(path string, entries []entry) (string, error) {
	sort.Slice(entries, func(i, j int) bool { return entries[i].name < entries[j].name })
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	// Fast, because the archive is read a few times and thrown away.
	gz, err := gzip.NewWriterLevel(io.MultiWriter(file, sum), gzip.BestSpeed)
	if err != nil {
		return "", err
	}
	w := tar.NewWriter(gz)
	for _, e := range entries {
		if err := e.writeTo(w); err != nil {
			return "", fmt.Errorf("writing %s of %s: %w", e.name, path, err)
		}
	}
	if err := errors.Join(w.Close(), gz.Close(), file.Close()); err != nil {
		return "", fmt.Errorf("writing %s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (e entry) writeTo(w *tar.Writer) error {
	h := &tar.Header{Name: e.name, ModTime: time.Date(1980, 1, 1, 0, 0, 1, 0, time.UTC), Format: tar.FormatPAX}
	switch {
	case e.mode.IsDir():
		h.Typeflag, h.Name, h.Mode = tar.TypeDir, e.name+"/", 0o755
	case e.link != "":
		h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, e.link, 0o777
	default:
		h.Typeflag, h.Size, h.Mode = tar.TypeReg, e.size, 0o644|int64(e.mode.Perm()&0o111)
	}
	if err := w.WriteHeader(h); err != nil || h.Typeflag != tar.TypeReg {
		return err
	}
	r, err := e.open()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err
}
