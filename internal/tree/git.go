package tree

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// GitState is what a version that is taken from git depends on: the commit and the tags. It is empty outside of a repository.
func GitState(app, dir string) string {
	for at := filepath.Join(app, dir); ; at = filepath.Dir(at) {
		git := filepath.Join(at, ".git")
		if head, err := os.ReadFile(filepath.Join(git, "HEAD")); err == nil {
			return string(head) + refs(git, strings.TrimSpace(strings.TrimPrefix(string(head), "ref: ")))
		}
		if at == filepath.Clean(app) || at == filepath.Dir(at) {
			return ""
		}
	}
}

// refs are the commit that is checked out and all tags.
func refs(git, head string) string {
	names := []string{"packed-refs", head}
	_ = filepath.WalkDir(filepath.Join(git, "refs", "tags"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			rel, _ := filepath.Rel(git, path)
			names = append(names, rel)
		}
		return nil
	})
	var text strings.Builder
	for _, name := range names {
		data, _ := os.ReadFile(filepath.Join(git, name)) // of the two places of a ref, one is there
		fmt.Fprintf(&text, "%s\x00%s\x00", name, data)
	}
	return text.String()
}
