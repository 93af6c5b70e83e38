package install

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Linkage is what the native libraries of a distribution need from others, as their headers tell it (System V ABI, "Dynamic
// Section"; ld.so(8)). Paths are relative to site-packages.
type Linkage struct {
	Embeds    bool     // has a file that is linked to libpython, which stays in the image for it
	Needs     []string // names of libraries that the distribution does not hold itself
	Reaches   []string // directories in which the dynamic linker looks for them: RPATH and RUNPATH, $ORIGIN filled in
	Libraries []string // shared libraries that others could look for
}

// binary is what the headers of one ELF file say. A file that is none needs nothing.
type binary struct {
	needed []string
	search []string
}

// system are the libraries that every wheel may take from the image (PEP 600).
var system = []string{"ld-linux", "libc.", "libm.", "libmvec.", "libdl.", "libpthread.", "librt.", "libutil.", "libnsl.", "libresolv.", "libgcc_s.", "libstdc++.", "libanl.", "libz."}

// readLinkage reads the headers of every library and program of a distribution.
func readLinkage(prefix, site string, files []string) (Linkage, error) {
	var l Linkage
	for _, name := range files {
		base := filepath.Base(name)
		if !strings.Contains(base, ".so") && filepath.Dir(name) != "bin" {
			continue
		}
		b, err := readELF(filepath.Join(prefix, name))
		if err != nil {
			return l, err
		}
		l.Embeds = l.Embeds || b.needsLibpython()
		if strings.HasPrefix(base, "lib") {
			l.Libraries = append(l.Libraries, relative(site, name))
		}
		dirs := b.directories(site, filepath.Dir(name))
		for _, library := range b.needed {
			if len(dirs) > 0 && !startsWith(library, system) && !within(files, site, dirs, library) {
				l.Needs, l.Reaches = append(l.Needs, library), append(l.Reaches, dirs...)
			}
		}
	}
	for _, list := range []*[]string{&l.Needs, &l.Reaches, &l.Libraries} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return l, nil
}

// within tells whether one of the directories holds a library of the distribution; files is sorted.
func within(files []string, site string, dirs []string, library string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		_, found := slices.BinarySearch(files, filepath.Join(site, dir, library))
		return found
	})
}

// directories is where the dynamic linker looks first, inside of the prefix.
func (b binary) directories(site, origin string) []string {
	var list []string
	for _, dir := range b.search {
		for _, variable := range []string{"$ORIGIN", "${ORIGIN}"} {
			rest, ok := strings.CutPrefix(dir, variable)
			if at := filepath.Clean(origin + rest); ok && at != ".." && !strings.HasPrefix(at, "../") {
				list = append(list, relative(site, at))
			}
		}
	}
	return list
}

func relative(site, name string) string {
	rel, err := filepath.Rel(site, name)
	if err != nil {
		return name // both are relative to the prefix, so there is a way
	}
	return rel
}

// needsLibpython tells whether a program or library is linked to CPython's shared library. Wheels may not be (PEP 513); what is built
// from source and embeds Python (uWSGI) is.
func (b binary) needsLibpython() bool {
	return slices.ContainsFunc(b.needed, func(l string) bool { return strings.HasPrefix(path.Base(l), "libpython") })
}

// readELF reads the dynamic section of a file. Another format, or a damaged file, is not ours to judge.
func readELF(name string) (binary, error) {
	file, err := elf.Open(name)
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return binary{}, fmt.Errorf("reading %s: %w", filepath.Base(name), err)
	}
	if err != nil {
		return binary{}, nil
	}
	defer file.Close()
	var b binary
	if b.needed, err = file.ImportedLibraries(); err != nil {
		return binary{}, nil
	}
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} { // with a RUNPATH, the linker ignores an RPATH
		if paths, err := file.DynString(tag); err == nil && len(b.search) == 0 {
			for _, text := range paths {
				b.search = append(b.search, strings.Split(text, ":")...)
			}
		}
	}
	return b, nil
}
