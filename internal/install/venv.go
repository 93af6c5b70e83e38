package install

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Venv is a virtual environment (PEP 405) whose packages stand in other layers.
type Venv struct {
	Prefix string // its directory
	Home   string // the bin directory of its interpreter
	Minor  int
}

// SitePackages is the directory that is importable, relative to a prefix.
func SitePackages(minor int) string {
	return filepath.Join("lib", fmt.Sprintf("python3.%d", minor), "site-packages")
}

// Create makes an empty virtual environment. Its python is a link to home's.
func (v Venv) Create() error {
	err := errors.Join(
		os.MkdirAll(filepath.Join(v.Prefix, SitePackages(v.Minor)), 0o755),
		os.MkdirAll(filepath.Join(v.Prefix, "bin"), 0o755),
		os.WriteFile(filepath.Join(v.Prefix, "pyvenv.cfg"), []byte("home = "+v.Home+"\ninclude-system-site-packages = false\n"), 0o644),
	)
	python := fmt.Sprintf("python3.%d", v.Minor)
	err = errors.Join(err, os.Symlink(filepath.Join(v.Home, python), filepath.Join(v.Prefix, "bin", "python")))
	for _, name := range []string{"python3", python} {
		err = errors.Join(err, os.Symlink("python", filepath.Join(v.Prefix, "bin", name)))
	}
	if err != nil {
		return fmt.Errorf("making the virtual environment: %w", err)
	}
	return nil
}

// Part is a layer of packages as the virtual environment sees it.
type Part struct {
	Prefix string   // the layer's prefix in the image
	Links  []string // paths relative to the prefix that must also stand in the environment's own (scripts, data files)
	Hooks  bool     // it has .pth files, which only site.addsitedir obeys
}

// Join makes the parts importable: one .pth for the site-packages of all, and a link for every script and data file. Hooks run
// when all parts are on the path, as those of one site-packages do: some look around there (cmeel's).
func (v Venv) Join(parts []Part) error {
	var pth, hooks strings.Builder
	for _, part := range parts {
		site := filepath.Join(part.Prefix, SitePackages(v.Minor))
		pth.WriteString(site + "\n")
		if part.Hooks {
			fmt.Fprintf(&hooks, "import site; site.addsitedir(%q, vars().get('known_paths'))\n", site)
		}
		for _, link := range part.Links {
			name := filepath.Join(v.Prefix, link)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return fmt.Errorf("linking %s: %w", link, err)
			}
			// Two packages that bring the same script: the first by name wins, as with one site-packages.
			if err := os.Symlink(filepath.Join(part.Prefix, link), name); err != nil && !errors.Is(err, os.ErrExist) {
				return fmt.Errorf("linking %s: %w", link, err)
			}
		}
	}
	name := filepath.Join(v.Prefix, SitePackages(v.Minor), "lockstep.pth")
	if err := os.WriteFile(name, []byte(pth.String()+hooks.String()), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// links gives the paths that a virtual environment has to link: every file outside of site-packages.
func links(files []string, minor int) []string {
	var list []string
	for _, name := range files {
		if !strings.HasPrefix(name, SitePackages(minor)+"/") {
			list = append(list, name)
		}
	}
	sort.Strings(list)
	return list
}
