package lock

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// requirementsReader follows a requirements file. What pip reads and uv does not (encodings, options) is translated here, so
// that nothing else has to know of it.
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
	text, ok := DecodeText(data)
	if !ok {
		return badEncoding(name)
	}
	r.digest = append(r.digest, id, string(data))
	for _, line := range logicalLines(text) {
		if err := r.line(name, line, constraints); err != nil {
			return err
		}
	}
	return nil
}

// variable is the only form that pip fills in, so a password may hold a dollar sign.
var variable = regexp.MustCompile(`\$\{([A-Z0-9_]+)\}`)

func (r *requirementsReader) line(name string, line logicalLine, constraints bool) error {
	for _, m := range variable.FindAllStringSubmatch(line.text, -1) {
		r.digest = append(r.digest, m[1], r.lookup(m[1]))
	}
	where := fmt.Sprintf("%s, line %d", name, line.number)
	if file, option, ok := include(line.text); ok {
		return r.include(name, file, where, constraints || option == "c")
	}
	if strings.HasPrefix(line.text, "--hash") {
		return strayHash(where)
	}
	text, isEditable := editable(line.text)
	if strings.HasPrefix(text, "-") && !isEditable {
		if constraints {
			return nil // as pip: a file of constraints has no say in where packages come from
		}
		return r.options(text, where, path.Dir(name))
	}
	if constraints { // they only matter when uv resolves, and uv reads them then
		text, _ = cutOptions(text)
		r.out.Constraints = append(r.out.Constraints, RequirementLine{Text: text, Where: where})
		return nil
	}
	parsed, err := r.requirement(text, where)
	if err != nil {
		return err
	}
	r.out.Lines = append(r.out.Lines, parsed)
	return nil
}

// include follows -r or -c. A URL is left to uv: what it names is read when the requirements are resolved.
func (r *requirementsReader) include(name, file, where string, constraints bool) error {
	expanded := Expand(file, r.lookup)
	switch {
	case strings.Contains(expanded, "://") && constraints:
		r.out.Constraints = append(r.out.Constraints, RequirementLine{Text: "-c " + file, Where: where, Direct: true})
		return nil
	case strings.Contains(expanded, "://"):
		r.out.Lines = append(r.out.Lines, RequirementLine{Text: "-r " + file, Where: where, Direct: true})
		return nil
	case !path.IsAbs(expanded):
		expanded = path.Join(path.Dir(name), expanded)
	}
	return r.read(expanded, where, constraints)
}

// requirement reads a line without its -e.
func (r *requirementsReader) requirement(text, where string) (RequirementLine, error) {
	line := RequirementLine{Where: where}
	line.Text, text = cutOptions(text)
	if line.Text == "" {
		return line, badRequirement(text, where, fmt.Errorf("there is no package in it"))
	}
	if direct(line.Text) {
		line.Direct = true
		line.Requirement = looseReference(line.Text)
	} else {
		requirement, err := pep508.Parse(line.Text)
		if err != nil {
			return line, badRequirement(line.Text, where, err)
		}
		line.Requirement, line.Direct = requirement, requirement.URL != ""
	}
	if err := r.ownOptions(&line, text); err != nil {
		return line, err
	}
	if line.Direct {
		return line, r.settle(&line)
	}
	return line, nil
}

var includeLine = regexp.MustCompile(`^(?:-(r|c)\s*|--(r)equirement[= ]\s*|--(c)onstraint[= ]\s*)(\S.*)$`)

func include(text string) (file, option string, ok bool) {
	m := includeLine.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return strings.Trim(m[4], `"'`), m[1] + m[2] + m[3], true
}

var editableLine = regexp.MustCompile(`^(?:-e\s*|--editable[= ]\s*)(\S.*)$`)

// editable takes -e off a line.
func editable(text string) (string, bool) {
	if m := editableLine.FindStringSubmatch(text); m != nil {
		return m[1], true
	}
	return text, false
}
