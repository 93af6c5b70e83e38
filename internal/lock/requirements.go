package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Requirements is a requirements file with everything that it includes.
type Requirements struct {
	File        string
	Lines       []RequirementLine
	Constraints []RequirementLine // of the files that -c names
	Options     []string          // in uv's words, "--name value"; paths are relative to the app dir
	Ignored     []string          // options that say nothing to us: "--prefer-binary (requirements.txt, line 3)"
	Digest      string            // of all files read and of the variables they name: equal digests resolve alike
}

// RequirementLine is one requirement of the file or of one it includes by -r.
type RequirementLine struct {
	Text        string // without hashes, options, comments and -e: nothing is editable in an image
	Where       string // "requirements.txt, line 3"
	Requirement pep508.Requirement
	Direct      bool // a path or a URL: not a name with a version
	Hashes      []string
	entry       *Entry // of a direct line: what it installs, if that is settled by name and content
}

// ReadRequirements reads a requirements file of the app dir (pip's requirements file format) and follows -r and -c. lookup
// gives the value of an environment variable; ${NAME} is left to the installer, only its value goes into the digest.
func ReadRequirements(app fs.FS, name string, lookup func(string) string) (Requirements, error) {
	r := requirementsReader{app: app, lookup: lookup, seen: map[string]bool{}, digest: []string{}}
	r.out.File = name
	if err := r.read(name, "", false); err != nil {
		return Requirements{}, err
	}
	sum := sha256.Sum256([]byte(strings.Join(r.digest, "\x00")))
	r.out.Digest = hex.EncodeToString(sum[:])
	return r.out, nil
}

// Locked tells whether the file is a lock: nothing has to be resolved. Every requirement is pinned with == and hashed, or is a
// file with a hash, a commit of a git repository or a directory of the app; and some have hashes, as only lock files have.
func (r Requirements) Locked() bool {
	hashed := false
	for _, line := range r.Lines {
		if !line.settled() {
			return false
		}
		hashed = hashed || len(line.Hashes) > 0
	}
	return hashed
}

func (l RequirementLine) settled() bool {
	return l.entry != nil || !l.Direct && len(l.Hashes) > 0 && pinned(l.Requirement) != ""
}

// Lock gives a locked requirements file as a Lock.
func (r Requirements) Lock() (Lock, error) {
	l := Lock{File: r.File, Options: r.Options}
	for _, line := range r.Lines {
		if !line.settled() {
			return Lock{}, errors.New("reading a lock from requirements that are not pinned")
		}
		e := Entry{Name: line.Requirement.Name, Version: pinned(line.Requirement), Hashes: line.Hashes}
		if line.entry != nil {
			e = *line.entry
			e.Source = line.Requirement.URL
		}
		l.Entries = append(l.Entries, e)
		l.Roots = append(l.Roots, Dependency{Name: e.Name, Version: e.Version, Source: e.Source, Marker: line.Requirement.Marker})
	}
	return l, nil
}

var exact = regexp.MustCompile(`^\s*={2,3}\s*([^*,\s]+)\s*$`)

// pinned is the one version that a requirement allows, or "".
func pinned(r pep508.Requirement) string {
	if m := exact.FindStringSubmatch(r.Specifiers.String()); m != nil {
		return m[1]
	}
	return ""
}

// Pinned is the one version that the line allows, or "".
func (l RequirementLine) Pinned() string { return pinned(l.Requirement) }

// Bare refuses a file that has hashes on some requirements and not on others, as pip does: the ones without would be
// installed unverified.
func (r Requirements) Bare() error {
	hashed := slices.Contains(r.Options, "--require-hashes")
	var bare []RequirementLine
	for _, line := range r.Lines {
		if len(line.Hashes) > 0 {
			hashed = true
		} else if line.entry == nil {
			bare = append(bare, line)
		}
	}
	if !hashed || len(bare) == 0 {
		return nil
	}
	return halfHashed(bare[0])
}

// Translation gives the requirements, and their constraints, as one file each that uv understands, whatever the encoding,
// the includes and the options of the app's own. Paths in them are relative to the app dir, as they are for pip.
func (r Requirements) Translation() (requirements, constraints string) {
	lines, _ := splitOptions(r.Options)
	return translation(lines, r.Lines), translation(nil, r.Constraints)
}

func translation(options []string, lines []RequirementLine) string {
	var b strings.Builder
	for _, option := range options {
		b.WriteString(option + "\n")
	}
	for _, line := range lines {
		b.WriteString(line.Text)
		for _, hash := range line.Hashes {
			b.WriteString(" --hash=" + hash)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// WriteRequirements writes evaluated packages as hashed requirements, one a line, after the options of their lock.
func WriteRequirements(packages []Package, options []string) string {
	var lines []RequirementLine
	for _, p := range packages {
		line := RequirementLine{Text: string(p.Name) + "==" + p.Version, Hashes: p.Hashes}
		if p.File != nil && p.File.hash() != "" {
			line.Hashes = []string{p.File.hash()}
		}
		lines = append(lines, line)
	}
	options, _ = splitOptions(options)
	return translation(options, lines)
}
