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
	Prefix    string // where it is installed
	Name      pep508.Name
	Version   string
	Files     []string // relative to the prefix, sorted
	Size      int64    // bytes
	Roots     []string // see layer.Unit
	Dirs      []string // see layer.Unit
	Hooks     bool     // has .pth files
	Contested bool     // a file may be another distribution's of the same prefix: what stands there depends on what else was installed
	Linkage
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
	owners := map[string][]int{}
	for _, info := range infos {
		d, err := readDistribution(prefix, site, filepath.Base(info))
		if err != nil {
			return nil, fmt.Errorf("reading what was installed: %s: %w", filepath.Base(info), err)
		}
		list = append(list, d)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	for i, d := range list {
		for _, name := range d.Files {
			owners[name] = append(owners[name], i)
		}
	}
	for _, of := range owners {
		contest(list, of)
	}
	if err := adopt(list, prefix, site, owners); err != nil {
		return nil, err
	}
	for i := range list {
		if err := list[i].finish(site); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readDistribution(prefix, site, info string) (Distribution, error) {
	name, version, _ := strings.Cut(strings.TrimSuffix(info, ".dist-info"), "-")
	d := Distribution{Prefix: prefix, Name: pep508.NewName(name), Version: version}
	names, err := readRecord(prefix, site, info)
	if err != nil {
		return d, err
	}
	for _, name := range names {
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

// readRecord gives the files that a RECORD lists, relative to the prefix.
func readRecord(prefix, site, info string) ([]string, error) {
	file, err := os.Open(filepath.Join(prefix, site, info, "RECORD"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, row := range rows {
		name := filepath.Join(site, row[0])
		if filepath.IsAbs(row[0]) {
			name, _ = filepath.Rel(prefix, row[0])
		}
		if strings.HasPrefix(name, "..") {
			return nil, fmt.Errorf("RECORD names %s, which is outside of the environment", row[0])
		}
		names = append(names, name)
	}
	return names, nil
}

// contest marks the distributions that own the same thing.
func contest(list []Distribution, owners []int) {
	for _, i := range owners {
		list[i].Contested = list[i].Contested || len(owners) > 1
	}
}

// adopt gives files that no RECORD names to the distribution that owns the rest of their top-level directory.
func adopt(list []Distribution, prefix, site string, owned map[string][]int) error {
	owners := map[string][]int{}
	for i, d := range list {
		for _, name := range d.Files {
			if top := topLevel(name, site); strings.HasPrefix(name, site+"/") && !slices.Contains(owners[top], i) {
				owners[top] = append(owners[top], i)
			}
		}
	}
	return filepath.WalkDir(filepath.Join(prefix, site), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(prefix, path)
		of := owners[topLevel(name, site)]
		if err != nil || len(owned[name]) > 0 || len(of) == 0 {
			return err
		}
		contest(list, of)
		info, err := entry.Info()
		if i := of[0]; err == nil {
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
func (d *Distribution) finish(site string) error {
	slices.Sort(d.Files)
	d.Files = slices.Compact(d.Files)
	var err error
	if d.Linkage, err = readLinkage(d.Prefix, site, d.Files); err != nil {
		return err
	}
	packages, dirs := map[string]bool{}, map[string]bool{}
	for _, name := range d.Files {
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
		if root := unimportable(dir); root != "" {
			packages[root] = true
		}
	}
	d.Roots = topMost(packages, nil)
	d.Dirs = topMost(dirs, d.Roots)
	return nil
}

// unimportable is the top-most part of a directory's path that cannot be the name of a package or a namespace. What stands in
// it is found by path and not by import, so distributions that share one (cmeel.prefix) share it like a regular package.
func unimportable(dir string) string {
	at := 0
	for i, part := range strings.Split(dir, "/") {
		at += len(part) + 1
		switch {
		case i == 0 && strings.HasSuffix(part, ".dist-info"):
			return ""
		case strings.ContainsAny(part, ".-"):
			return dir[:at-1]
		}
	}
	return ""
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

// Move moves the files of a distribution to another prefix on the same file system, over files that are there.
func (d Distribution) Move(to string) error {
	made := map[string]bool{}
	for _, name := range d.Files {
		target := filepath.Join(to, name)
		if dir := filepath.Dir(target); !made[dir] {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return fmt.Errorf("moving %s: %w", name, err)
			}
			made[dir] = true
		}
		if err := os.Rename(filepath.Join(d.Prefix, name), target); err != nil {
			return fmt.Errorf("moving %s: %w", name, err)
		}
	}
	return nil
}
