// Package lock reads lock files and narrows them to what one interpreter gets: bytes of any format → Lock → Select → []Package,
// the evaluated normal form that PEP 751 describes: no markers left, one artifact per package. A format is one file of this
// package, its structs private and shaped like the file. What is done with packages (layers, installing) is not known here.
package lock

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// Request is what an image is to hold beyond the app's own production dependencies.
type Request struct {
	Extras []pep508.Name // of the app ([project.optional-dependencies], [tool.poetry.extras])
	Groups []pep508.Name // dependency groups, in Pipfile's words categories
	Member pep508.Name   // the member of a workspace that is the app; empty for the project in the app dir
}

// Reader reads one format: the lock file called name, with the manifest beside it. It checks what the format lets it check
// offline, so a stale lock is an error that names what drifted, and it refuses what is requested and not there.
type Reader func(app fs.FS, name string, want Request) (Lock, error)

// Lock is a lock file in the form that all formats share: entries, and the dependencies that lead to them.
type Lock struct {
	File    string       // name in the app dir, for messages
	Matches string       // the manifest that it was compared with and agrees with; empty where the format cannot tell
	Python  string       // the specifier of Pythons it was made for, as the file writes it (PEP 440); empty where it says nothing
	PyWhere string       // where in the file that stands: "uv.lock, requires-python"
	Roots   []Dependency // what the app itself asks for
	Entries []Entry
	Options []string      // lines for the installer that the file gives besides packages (--index-url …)
	Active  []pep508.Name // extras that markers anywhere in the file may ask for, and that hold from the start
	Groups  []pep508.Name // the dependency groups that hold in markers

	Unsettled    bool                 // of several versions of a name, the ways to it (Dependency.Allows) and Entry.Condition decide
	Environments []pep508.Marker      // one of them has to hold; none: made for any
	Conflicts    [][]Exclusive        // of each set one may be active
	Direct       []pep508.Requirement // what the manifest requires, of formats that do not remember it: it has to be selected
	Relock       string               // how the owner makes the file anew, when it is not
	Warnings     []string             // what the owner should know and what does not stop the build
}

// Exclusive is something that cannot be active beside others: its name in Lock.Active, and in words.
type Exclusive struct {
	Active pep508.Name
	Text   string
}

// Entry is one locked distribution, with everything that the file says about where it can be had.
type Entry struct {
	Name         pep508.Name
	Version      string // empty for a directory whose version is dynamic
	Source       string // tells entries of the same name and version apart, where the file has such
	Index        string // URL of the simple index, if the file names it
	Wheels       []File
	Sdist        *File
	Origin       *Origin  // not from an index
	Hashes       []string // "sha256:…", any of them will do; for entries without files
	Dependencies []Dependency
	Extras       map[pep508.Name][]Dependency
	Python       string        // the specifier of Pythons that it is for; another one is an error
	Condition    pep508.Marker // what it is for; decides between several entries of a name in a lock that is Unsettled
	Virtual      bool          // not a package: only what it depends on is installed
	Build        string        // the settings that a build from source depends on
	NoBuild      error         // why it must not be built from source; nil: it may
}

// Dependency leads to entries. Version and Source are only set where the file has several entries of the name.
type Dependency struct {
	Name      pep508.Name
	Version   string
	Source    string
	Extras    []pep508.Name
	Allows    []pep440.Specifiers // in a lock that is Unsettled: the versions that will do, by any of these; none: all
	Activates []pep508.Name       // added to what is active in the whole lock (see Lock.Active) when this dependency is followed
	Marker    pep508.Marker
}

// File is one wheel or sdist.
type File struct {
	Name   string
	URL    string // or a path relative to the app dir; empty when the lock leaves it to the index
	Size   int64  // bytes; 0 when not said
	SHA256 string // hexadecimal; empty when the lock does not say it
	Hash   string // "sha512:…", another hash for want of that one
}

// hash is what identifies the file, with its algorithm; empty when the lock has none.
func (f File) hash() string {
	if f.SHA256 != "" {
		return "sha256:" + f.SHA256
	}
	return f.Hash
}

// Origin is a source that is no index: exactly one of VCS, URL and Directory is set.
type Origin struct {
	VCS, Commit, Subdirectory string // repository URL, full commit id
	Requested                 string // the branch or tag asked for
	URL                       string // an archive
	Directory                 string // relative to the app dir
}

// Package is one evaluated package: what is installed, and nothing that still has to be decided.
type Package struct {
	Name    pep508.Name
	Version string
	Index   string
	File    *File // nil: the installer takes the file from the index that has one of Hashes; without a URL: the one with its hash
	IsSdist bool
	Origin  *Origin
	Hashes  []string
	Build   string // the settings that the build from source depends on; empty for a wheel
}

// String is the package as a requirement, for logs.
func (p Package) String() string {
	if p.Version == "" {
		return string(p.Name)
	}
	return string(p.Name) + " " + p.Version
}

// Artifact identifies the content: equal artifacts install the same files.
func (p Package) Artifact() string {
	if p.Build != "" {
		return p.source() + " built with " + p.Build
	}
	return p.source()
}

func (p Package) source() string {
	switch {
	case p.Origin != nil && p.Origin.VCS != "":
		return fmt.Sprintf("%s@%s#%s", p.Origin.VCS, p.Origin.Commit, p.Origin.Subdirectory)
	case p.Origin != nil && p.Origin.Directory != "":
		return "directory " + p.Origin.Directory
	case p.Origin != nil && p.Origin.Subdirectory != "":
		return p.File.hash() + "#" + p.Origin.Subdirectory
	case p.File != nil && p.File.hash() != "":
		return p.File.hash()
	case p.File != nil:
		return p.File.URL
	}
	return anyOf(p.Hashes)
}

// anyOf identifies what one of several hashes fits. A package can have 150 of them, and this is written into a label of the image.
func anyOf(hashes []string) string {
	if len(hashes) < 2 {
		return strings.Join(hashes, "")
	}
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(hashes)), " ")))
	return fmt.Sprintf("%d hashes %x", len(hashes), sum)
}

// readMarker reads a marker of a lock file; none is always true.
func readMarker(text string) (pep508.Marker, error) {
	if text == "" {
		return pep508.Marker{}, nil
	}
	return pep508.ParseMarker(text)
}
