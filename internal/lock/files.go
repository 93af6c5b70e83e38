package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/decode"
	"github.com/lockstep/python/internal/failure"
)

// readFile reads a file of the app that is there.
func readFile(app fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(app, name)
	if err != nil {
		return nil, unreadableFile(name, err)
	}
	return data, nil
}

// readTOML reads TOML of the app that is there into each of some forms, and gives it as it is, too.
func readTOML(app fs.FS, name string, into ...any) ([]byte, error) {
	data, err := readFile(app, name)
	if err != nil {
		return nil, err
	}
	return data, decodeTOML(name, data, into...)
}

func decodeTOML(name string, data []byte, into ...any) error {
	for _, form := range into {
		if err := decode.TOML(data, form); err != nil {
			return unreadable(name, err)
		}
	}
	return nil
}

// otherFormat is a lock file of a version that is not read here, or of none.
func otherFormat(name, table, key, version, reads, fix string) error {
	what := fmt.Sprintf("%s has %s %s; this buildpack reads %s", name, key, version, reads)
	if version == "" {
		what = fmt.Sprintf("%s does not say its %s", name, key)
	}
	return &failure.Error{What: what, Where: name + ", " + table + key, Fix: fix}
}

// withHash gives a file its hash, "algorithm:hexadecimal".
func withHash(f File, hash string) File {
	if sum, ok := strings.CutPrefix(hash, "sha256:"); ok {
		f.SHA256 = sum
	} else {
		f.Hash = hash
	}
	return f
}

// put sorts files into wheels and the sdist.
func (e *Entry) put(files []File) {
	for _, f := range files {
		switch {
		case strings.HasSuffix(f.Name, ".whl"):
			e.Wheels = append(e.Wheels, f)
		case e.Sdist == nil && isArchive(f.Name):
			e.Sdist = &f
		}
	}
}

var archiveFile = regexp.MustCompile(`(?i)\.(whl|tar\.gz|tgz|zip|tar\.bz2|tar\.xz|tar)$`)

func isArchive(name string) bool { return archiveFile.MatchString(name) }

// archive makes the entry that one file, at a URL or in the app dir. What it may be is the hash in its URL, else those that the lock
// has for it; a file in the app dir is its own hash when there is none, so that another file is another artifact.
func (e *Entry) archive(app fs.FS, lock, at, subdirectory string, known []File) {
	at, fragment := cutFragment(at)
	at, local := inApp(withoutCredentials(at))
	f := File{Name: unescape(path.Base(at)), URL: at}
	var hashes []string
	for _, k := range known {
		if len(known) == 1 || k.Name == "" || k.Name == f.Name {
			hashes = append(hashes, k.hash())
		}
	}
	if sum := fragment.Get("sha256"); sum != "" {
		hashes = []string{"sha256:" + sum}
	}
	e.Origin = &Origin{URL: at, Subdirectory: subdirectory}
	if local {
		sum, err := sumOf(app, at)
		if err != nil {
			e.NoBuild = noLocalFile(lock, string(e.Name), at)
			return
		}
		if sum = "sha256:" + sum; len(hashes) == 0 || slices.Contains(hashes, sum) {
			hashes = []string{sum}
		}
	}
	if len(hashes) != 1 { // of several, those of a release on an index, uv takes none for a URL
		e.NoBuild = unverified(lock, e.Name, at)
		return
	}
	f = withHash(f, hashes[0])
	if strings.HasSuffix(f.Name, ".whl") {
		e.Wheels = []File{f}
	} else {
		e.Sdist = &f
	}
}

// rootURL is how a file URL begins that is relative to the project, in PDM's words.
const rootURL = "file:///${PROJECT_ROOT}"

// inApp gives a path of the app dir from the forms that it is written in, and whether it is one.
func inApp(at string) (string, bool) {
	rest, ok := strings.CutPrefix(at, rootURL)
	if !ok && strings.Contains(at, "://") {
		return at, false
	}
	return path.Clean(strings.TrimPrefix(strings.TrimPrefix(rest, "/"), "file:")), true
}

func sumOf(app fs.FS, name string) (string, error) {
	data, err := fs.ReadFile(app, name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
