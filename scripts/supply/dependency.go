package main

import (
	"fmt"
	"io"
	"net/url"

	"github.com/BurntSushi/toml"
)

// A dependency is an entry of buildpack.toml's metadata.dependencies.
type dependency struct {
	ID       string   `toml:"id"`
	Name     string   `toml:"name"`
	Version  string   `toml:"version"`
	Build    string   `toml:"build,omitempty"`
	OS       string   `toml:"os"`
	Arch     string   `toml:"arch"`
	URI      string   `toml:"uri"`
	Checksum string   `toml:"checksum"`
	PURL     string   `toml:"purl"`
	CPE      string   `toml:"cpe,omitempty"`
	Licenses []string `toml:"licenses"`
}

func (d dependency) write(w io.Writer) error {
	list := map[string][]dependency{"dependencies": {d}}
	encoder := toml.NewEncoder(w)
	encoder.Indent = ""
	if err := encoder.Encode(list); err != nil {
		return fmt.Errorf("writing the entry of %s: %w", d.ID, err)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// fileURI is the URI of an absolute path.
func fileURI(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }
