package wheel

import (
	"debug/elf"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Glibc reads the newest version (36 for 2.36) that the C library under root ("/" in a build) defines. An image without
// glibc gives an error.
func Glibc(root string) (int, error) {
	for _, pattern := range []string{"lib*/libc.so.6", "lib*/*/libc.so.6", "usr/lib*/libc.so.6", "usr/lib*/*/libc.so.6"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		if len(found) > 0 {
			return newest(found[0])
		}
	}
	return 0, fmt.Errorf("looking for the C library: no libc.so.6 under %s", filepath.Join(root, "lib*"))
}

func newest(path string) (int, error) {
	file, err := elf.Open(path)
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", path, err)
	}
	defer file.Close()
	versions, err := file.DynamicVersions()
	if err != nil {
		return 0, fmt.Errorf("reading the versions of %s: %w", path, err)
	}
	best := 0
	for _, v := range versions {
		text, ok := strings.CutPrefix(v.Name, "GLIBC_2.")
		if n, err := strconv.Atoi(strings.Split(text, ".")[0]); ok && err == nil {
			best = max(best, n)
		}
	}
	return best, nil
}
