// Command floor does what no installer of wheels can leave out, over the same wheels, and nothing else: read and hash every
// archive, inflate every file, write it. Its CPU time is what a cold install is measured against; compile.py adds the bytecode.
//
//	floor WHEELS_DIR TARGET_DIR
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/flate"
)

func main() {
	wheels, err := filepath.Glob(filepath.Join(os.Args[1], "*.whl"))
	if err == nil && len(wheels) == 0 {
		err = fmt.Errorf("there are no wheels in %s", os.Args[1])
	}
	made := map[string]bool{}
	for _, name := range wheels {
		if err == nil {
			err = install(name, os.Args[2], made)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func install(wheel, target string, made map[string]bool) error {
	data, err := os.ReadFile(wheel)
	if err != nil {
		return err
	}
	sha256.Sum256(data)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("%s: %w", wheel, err)
	}
	archive.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	for _, member := range archive.File {
		if err := write(member, filepath.Join(target, member.Name), made); err != nil {
			return fmt.Errorf("%s: %s: %w", wheel, member.Name, err)
		}
	}
	return nil
}

func write(member *zip.File, name string, made map[string]bool) error {
	if member.FileInfo().IsDir() {
		return nil
	}
	if dir := filepath.Dir(name); !made[dir] {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		made[dir] = true
	}
	from, err := member.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err = io.Copy(to, from); err != nil {
		return err
	}
	return to.Close()
}
