package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// UVConfig gives those settings of uv that are named keys as a uv.toml for a place outside of the app dir, or nothing where the app
// has none of them. They come from uv.toml or, without one, from tool.uv. Of the table pip, which uv sync does not read, it
// takes them too if pip is set.
func UVConfig(app fs.FS, dir string, keys []string, pip bool) ([]byte, error) {
	settings, _, err := decodeUV[map[string]any](app)
	if err != nil {
		return nil, err
	}
	kept := only(settings, keys, dir)
	if table, ok := settings["pip"].(map[string]any); ok && pip {
		if table = only(table, keys, dir); len(table) > 0 {
			kept["pip"] = table
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	if err := toml.NewEncoder(&out).Encode(kept); err != nil {
		return nil, fmt.Errorf("writing uv's settings: %w", err)
	}
	return out.Bytes(), nil
}

// decodeUV reads uv's settings in the app dir: uv.toml, which uv takes alone where it is there, or the table tool.uv.
func decodeUV[T any](app fs.FS) (settings T, name string, err error) {
	name = "uv.toml"
	if _, err = readTOML(app, name, &settings); errors.Is(err, fs.ErrNotExist) {
		name = "pyproject.toml"
		var manifest struct{ Tool struct{ UV T } }
		_, err = readTOML(app, name, &manifest)
		settings = manifest.Tool.UV
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return settings, name, err
}

// only gives the settings of these names, with the paths in them starting from dir: uv takes them from where the file stands.
func only(settings map[string]any, keys []string, dir string) map[string]any {
	kept := map[string]any{}
	for name, value := range settings {
		if !slices.Contains(keys, name) {
			continue
		}
		switch name {
		case "index":
			for _, table := range tables(value) {
				if url, ok := table["url"].(string); ok {
					table["url"] = fromDir(url, dir)
				}
			}
		case "find-links", "extra-index-url":
			list, _ := value.([]any)
			for i, item := range list {
				if text, ok := item.(string); ok {
					list[i] = fromDir(text, dir)
				}
			}
		case "index-url":
			if text, ok := value.(string); ok {
				value = fromDir(text, dir)
			}
		}
		kept[name] = value
	}
	return kept
}

// tables is an array of tables, whichever way it is written.
func tables(value any) []map[string]any {
	list, _ := value.([]map[string]any)
	items, _ := value.([]any)
	for _, item := range items {
		if table, ok := item.(map[string]any); ok {
			list = append(list, table)
		}
	}
	return list
}

func fromDir(location, dir string) string {
	if strings.Contains(location, "://") || strings.HasPrefix(location, "$") || filepath.IsAbs(location) {
		return location
	}
	return filepath.Join(dir, location)
}
