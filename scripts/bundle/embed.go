package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// embed puts the archives of dependencies into folder/dependencies, each under its sha256, and returns the dependencies
// with URIs that lead there from the buildpack's own directory, as packit's postal reads them.
func embed(dependencies []table, folder string) ([]table, error) {
	dir := filepath.Join(folder, "dependencies")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var embedded []table
	for _, d := range dependencies {
		uri := text(d, "uri")
		sum, ok := strings.CutPrefix(text(d, "checksum"), "sha256:")
		if !ok {
			return nil, fmt.Errorf("%s has no sha256 checksum", uri)
		}
		if err := fetch(uri, filepath.Join(dir, sum), sum); err != nil {
			return nil, fmt.Errorf("fetching %s: %w", uri, err)
		}
		d = maps.Clone(d)
		d["uri"] = "file:///dependencies/" + sum
		embedded = append(embedded, d)
	}
	return embedded, nil
}

func fetch(uri, path, sum string) error {
	u, err := url.Parse(uri)
	if err != nil {
		return err
	}
	var r io.ReadCloser
	if u.Scheme == "file" {
		r, err = os.Open(u.Path)
	} else {
		r, err = get(uri)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	hash := sha256.New()
	if err := write(path, io.TeeReader(r, hash), 0o644); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != sum {
		return errors.Join(fmt.Errorf("its sha256 is %s, not %s", got, sum), os.Remove(path))
	}
	return nil
}

func get(uri string) (io.ReadCloser, error) {
	client := &http.Client{Timeout: 10 * time.Minute}
	response, err := client.Get(uri)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.Join(errors.New(response.Status), response.Body.Close())
	}
	return response.Body, nil
}

func copyFile(to, from string, mode fs.FileMode) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	return write(to, r, mode)
}

// write writes a file with exactly this mode, whatever the umask: the mode goes into the image layer's digest.
func write(path string, r io.Reader, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Chmod(mode), f.Close())
}
