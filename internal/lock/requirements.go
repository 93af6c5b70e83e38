package lock

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// Requirements is a requirements file with everything that it includes.
type Requirements struct {
	File    string
	Lines   []RequirementLine
	Options []string // global option lines, as written but for paths, which are relative to the app dir
	Digest  string   // of all files read and of the variables they name: equal digests resolve alike
}

// RequirementLine is one requirement of the file or of one it includes by -r.
type RequirementLine struct {
	Text        string // without hashes and comments
	Where       string // "requirements.txt, line 3"
	Requirement pep508.Requirement
	Direct      bool // a path, a URL or an editable: not a name with a version
	Hashes      []string
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

// Locked tells whether the file is a lock: every requirement pinned with == and hashed, so that nothing has to be resolved.
func (r Requirements) Locked() bool {
	for _, line := range r.Lines {
		if line.Direct || len(line.Hashes) == 0 || pinned(line.Requirement) == "" {
			return false
		}
	}
	return len(r.Lines) > 0
}

// Lock gives a locked requirements file as a Lock.
func (r Requirements) Lock() (Lock, error) {
	l := Lock{File: r.File, Options: r.Options}
	for _, line := range r.Lines {
		version := pinned(line.Requirement)
		if version == "" {
			return Lock{}, errors.New("reading a lock from requirements that are not pinned")
		}
		e := Entry{Name: line.Requirement.Name, Version: version, Hashes: line.Hashes}
		l.Entries = append(l.Entries, e)
		l.Roots = append(l.Roots, Dependency{Name: e.Name, Version: version, Marker: line.Requirement.Marker})
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

type requirementsReader struct {
	app    fs.FS
	lookup func(string) string
	out    Requirements
	seen   map[string]bool
	digest []string
}

func (r *requirementsReader) read(name, from string, constraints bool) error {
	id := fmt.Sprintf("%s %t", name, constraints) // a file may be both: its lines count once as each
	if r.seen[id] {
		return nil
	}
	r.seen[id] = true
	data, err := fs.ReadFile(r.app, name)
	if err != nil {
		return unreadableRequirements(name, from, err)
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return utf16(name)
	}
	r.digest = append(r.digest, id, string(data))
	for _, line := range logicalLines(string(data)) {
		if err := r.line(name, line, constraints); err != nil {
			return err
		}
	}
	return nil
}

var variable = regexp.MustCompile(`\$\{([A-Z0-9_]+)\}`)

func (r *requirementsReader) line(name string, line logicalLine, constraints bool) error {
	for _, m := range variable.FindAllStringSubmatch(line.text, -1) {
		r.digest = append(r.digest, m[1], r.lookup(m[1]))
	}
	where := fmt.Sprintf("%s, line %d", name, line.number)
	if file, option, ok := include(line.text); ok {
		if strings.Contains(file, "://") || strings.Contains(file, "${") {
			r.out.Options = append(r.out.Options, line.text)
			r.out.Lines = append(r.out.Lines, RequirementLine{Text: line.text, Where: where, Direct: true})
			return nil
		}
		if !path.IsAbs(file) {
			file = path.Join(path.Dir(name), file)
		}
		return r.read(file, where, constraints || option == "c")
	}
	if constraints {
		return nil
	}
	if strings.HasPrefix(line.text, "--hash") {
		return strayHash(where)
	}
	if strings.HasPrefix(line.text, "-") && !editable(line.text) {
		r.out.Options = append(r.out.Options, relativeTo(path.Dir(name), line.text))
		return nil
	}
	parsed, err := parseRequirementLine(line.text, where)
	if err != nil {
		return err
	}
	r.out.Lines = append(r.out.Lines, parsed)
	if parsed.Direct {
		r.digestProject(path.Join(path.Dir(name), localPath(parsed.Text)))
	}
	return nil
}

// digestProject adds the metadata of a directory that a line names: what it requires belongs to what is resolved.
func (r *requirementsReader) digestProject(dir string) {
	for _, name := range []string{"pyproject.toml", "setup.cfg", "setup.py"} {
		if data, err := fs.ReadFile(r.app, path.Join(dir, name)); err == nil {
			r.digest = append(r.digest, path.Join(dir, name), string(data))
		}
	}
}

// localPath is the path in a line such as "-e ./lib[extra]" or "lib @ file:lib"; of other lines, something that is no path.
func localPath(text string) string {
	for _, prefix := range []string{"--editable", "-e"} {
		text = strings.TrimLeft(strings.TrimPrefix(text, prefix), "= ")
	}
	text, _, _ = strings.Cut(text, ";")
	if _, source, ok := strings.Cut(text, "@"); ok && !direct(text) {
		text = strings.TrimSpace(source)
	}
	text, _, _ = strings.Cut(text, "[")
	return strings.TrimPrefix(strings.TrimSpace(text), "file:")
}

var pathOption = regexp.MustCompile(`^(-f|--find-links|-i|--index-url|--extra-index-url)(\s*=\s*|\s+)([^/$]\S*)$`)

// relativeTo makes the path in an option, if there is one, start from dir.
func relativeTo(dir, option string) string {
	m := pathOption.FindStringSubmatch(option)
	if m == nil || strings.Contains(m[3], ":") || !strings.HasPrefix(m[1], "-f") && m[1] != "--find-links" && !strings.HasPrefix(m[3], ".") {
		return option // a URL, or an index without a scheme
	}
	at := path.Join(dir, m[3])
	if !path.IsAbs(at) {
		at = "./" + at
	}
	return m[1] + m[2] + at
}

// OptionsAt gives the options of a lock as a file outside of the app dir needs them: with absolute paths.
func OptionsAt(options []string, app string) []string {
	var out []string
	for _, option := range options {
		out = append(out, relativeTo(app, option))
	}
	return out
}

func parseRequirementLine(text, where string) (RequirementLine, error) {
	text, hashes := splitHashes(text)
	line := RequirementLine{Text: text, Where: where, Hashes: hashes}
	if editable(text) || direct(text) {
		line.Direct = true
		return line, nil
	}
	requirement, err := pep508.Parse(text)
	if err != nil {
		return line, badRequirement(text, where, err)
	}
	line.Requirement, line.Direct = requirement, requirement.URL != ""
	return line, nil
}

var (
	includeLine = regexp.MustCompile(`^(?:-(r|c)\s*|--(r)equirement[= ]\s*|--(c)onstraint[= ]\s*)(\S.*)$`)
	hashOption  = regexp.MustCompile(`\s--hash[= ](\S+)`)
	option      = regexp.MustCompile(`\s--[a-z]`)
)

func include(text string) (file, option string, ok bool) {
	m := includeLine.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return strings.Trim(m[4], `"'`), m[1] + m[2] + m[3], true
}

func editable(text string) bool {
	return strings.HasPrefix(text, "-e") || strings.HasPrefix(text, "--editable")
}

// direct tells a path or a URL from a name.
func direct(text string) bool {
	first := strings.Fields(text)[0]
	return strings.HasPrefix(first, ".") || strings.HasPrefix(first, "/") || strings.HasPrefix(first, "${") ||
		strings.Contains(strings.SplitN(text, "@", 2)[0], "://") || strings.HasSuffix(first, ".whl") || strings.HasSuffix(first, ".tar.gz")
}

// splitHashes takes --hash options, and others a requirement can have, off the requirement.
func splitHashes(text string) (string, []string) {
	var hashes []string
	for _, m := range hashOption.FindAllStringSubmatch(text, -1) {
		hashes = append(hashes, m[1])
	}
	if at := option.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	return strings.TrimSpace(text), hashes
}

type logicalLine struct {
	text   string
	number int // of its first physical line
}

var comment = regexp.MustCompile(`(^|\s)#.*$`)

// logicalLines joins continued lines, then takes comments off, as pip does.
func logicalLines(data string) []logicalLine {
	var out []logicalLine
	var text strings.Builder
	start := 0
	data = strings.TrimPrefix(data, "\ufeff")
	physical := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data), "\n")
	for i, line := range physical {
		if text.Len() == 0 {
			start = i + 1
		}
		isComment := strings.HasPrefix(strings.TrimSpace(line), "#")
		body, continued := strings.CutSuffix(line, `\`)
		if isComment {
			body = " " + line // the blank makes it a comment after any text
		}
		text.WriteString(body)
		if continued && !isComment && i+1 < len(physical) {
			continue
		}
		if joined := strings.TrimSpace(comment.ReplaceAllString(text.String(), "")); joined != "" {
			out = append(out, logicalLine{joined, start})
		}
		text.Reset()
	}
	return out
}

// WriteRequirements writes evaluated packages as hashed requirements, one a line, after the options of their lock.
func WriteRequirements(packages []Package, options []string) string {
	var b strings.Builder
	for _, option := range options {
		b.WriteString(option + "\n")
	}
	for _, p := range packages {
		fmt.Fprintf(&b, "%s==%s", p.Name, p.Version)
		hashes := p.Hashes
		if p.File != nil && p.File.hash() != "" {
			hashes = []string{p.File.hash()}
		}
		for _, hash := range hashes {
			b.WriteString(" --hash=" + hash)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Bare refuses a file that has hashes on some requirements and not on others, as pip does: the ones without would be
// installed unverified.
func (r Requirements) Bare() error {
	hashed, bare := 0, ""
	for _, line := range r.Lines {
		if len(line.Hashes) > 0 {
			hashed++
		} else if bare == "" {
			bare = line.Where
		}
	}
	if hashed == 0 || bare == "" {
		return nil
	}
	return halfHashed(bare)
}
