package install

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Distribution is one installed distribution as its RECORD tells it
// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
type Distribution struct {
	Name    pep508.Name
	Version string
	Files   []string // relative to the prefix, sorted
	Size    int64    // bytes
	Roots   []string // see layer.Unit
	Dirs    []string // see layer.Unit
	Hooks   bool     // has .pth files
	Embeds  bool     // has a file that is linked to libpython
}

// Links are the files that the virtual environment has to link.
func (d Distribution) Links(minor int) []string { return links(d.Files, minor) }

// ReadDistributions reads what is installed at prefix, sorted by name.
func ReadDistributions(prefix string, minor int) ([]Distribution, error) {
	site := SitePackages(minor)
	infos, err := filepath.Glob(filepath.Join(prefix, site, "*.dist-info"))
	if err != nil {
		return nil, err
	}
	var list []Distribution
	owned := map[string]bool{}
	for _, info := range infos {
		d, err := readDistribution(prefix, site, filepath.Base(info))
		if err != nil {
			return nil, fmt.Errorf("reading what was installed: %s: %w", filepath.Base(info), err)
		}
		for _, name := range d.Files {
			owned[name] = true
		}
		list = append(list, d)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	if err := adopt(list, prefix, site, owned); err != nil {
		return nil, err
	}
	for i := range list {
		if err := list[i].finish(prefix, site); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readDistribution(prefix, site, info string) (Distribution, error) {
	name, version, _ := strings.Cut(strings.TrimSuffix(info, ".dist-info"), "-")
	d := Distribution{Name: pep508.NewName(name), Version: version}
	file, err := os.Open(filepath.Join(prefix, site, info, "RECORD"))
	if err != nil {
		return d, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	rows, err := reader.ReadAll()
	if err != nil {
		return d, err
	}
	for _, row := range rows {
		name := filepath.Join(site, row[0])
		if filepath.IsAbs(row[0]) {
			name, _ = filepath.Rel(prefix, row[0])
		}
		if strings.HasPrefix(name, "..") {
			return d, fmt.Errorf("RECORD names %s, which is outside of the environment", row[0])
		}
		stat, err := os.Lstat(filepath.Join(prefix, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // some wheels list files that they do not hold
		}
		if err != nil {
			return d, err
		}
		if !stat.IsDir() {
			d.Files, d.Size = append(d.Files, name), d.Size+stat.Size()
		}
	}
	return d, nil
}

// adopt gives files that no RECORD names to the distribution that owns the rest of their top-level directory.
func adopt(list []Distribution, prefix, site string, owned map[string]bool) error {
	owner := map[string]int{}
	for i, d := range list {
		for _, name := range d.Files {
			top := topLevel(name, site)
			if _, ok := owner[top]; !ok && strings.HasPrefix(name, site+"/") {
				owner[top] = i
			}
		}
	}
	return filepath.WalkDir(filepath.Join(prefix, site), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(prefix, path)
		if err != nil || owned[name] {
			return err
		}
		i, ok := owner[topLevel(name, site)]
		if !ok {
			return nil
		}
		info, err := entry.Info()
		if err == nil {
			list[i].Files, list[i].Size = append(list[i].Files, name), list[i].Size+info.Size()
		}
		return err
	})
}

func topLevel(name, site string) string {
	rest := strings.TrimPrefix(name, site+"/")
	top, _, _ := strings.Cut(rest, "/")
	return top
}

// finish sorts the files and derives from them what layering needs.
func (d *Distribution) finish(prefix, site string) error {
	slices.Sort(d.Files)
	d.Files = slices.Compact(d.Files)
	packages, dirs := map[string]bool{}, map[string]bool{}
	for _, name := range d.Files {
		if strings.Contains(filepath.Base(name), ".so") || filepath.Dir(name) == "bin" {
			embeds, err := NeedsLibpython(filepath.Join(prefix, name))
			if err != nil {
				return err
			}
			d.Embeds = d.Embeds || embeds
		}
		rel, inside := strings.CutPrefix(name, site+"/")
		if !inside {
			continue
		}
		dir, base := filepath.Split(rel)
		dir = strings.TrimSuffix(dir, "/")
		switch {
		case dir == "":
			d.Hooks = d.Hooks || strings.HasSuffix(base, ".pth")
		case strings.HasSuffix(topLevel(name, site), ".dist-info"):
		case base == "__init__.py":
			packages[dir] = true
		default:
			dirs[dir] = true
		}
	}
	d.Roots = topMost(packages, nil)
	d.Dirs = topMost(dirs, d.Roots)
	return nil
}

// topMost drops every directory that stands under another of the set or under one of roots.
func topMost(set map[string]bool, roots []string) []string {
	all := map[string]bool{}
	for _, root := range roots {
		all[root] = true
	}
	for dir := range set {
		all[dir] = true
	}
	var list []string
	for dir := range set {
		if under := covered(dir, all); !under && !slices.Contains(roots, dir) {
			list = append(list, dir)
		}
	}
	slices.Sort(list)
	return list
}

func covered(dir string, all map[string]bool) bool {
	for at := filepath.Dir(dir); at != "."; at = filepath.Dir(at) {
		if all[at] {
			return true
		}
	}
	return false
}

// Move moves the files of a distribution from one prefix to another on the same file system. A file that is gone already
// belongs to another distribution too, whose layer it went to.
func (d Distribution) Move(from, to string) error {
	made := map[string]bool{}
	for _, name := range d.Files {
		target := filepath.Join(to, name)
		if dir := filepath.Dir(target); !made[dir] {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return fmt.Errorf("moving %s: %w", name, err)
			}
			made[dir] = true
		}
		if err := os.Rename(filepath.Join(from, name), target); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("moving %s: %w", name, err)
		}
	}
	return nil
}
