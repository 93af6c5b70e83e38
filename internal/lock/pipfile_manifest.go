package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// pipfile is a Pipfile. Every table that is none of Pipenv's own is a category of packages. Nil is none.
type pipfile struct {
	raw      map[string]any
	Requires pipfileRequires `toml:"requires"`
	Sources  []pipfileSource `toml:"source"`
}

// pipenvTables are the tables of a Pipfile that are no category.
var pipenvTables = []string{"source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv", "default", "develop"}

func readPipfile(app fs.FS) (*pipfile, error) {
	data, err := readFile(app, "Pipfile")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parsePipfile(data)
}

func parsePipfile(data []byte) (*pipfile, error) {
	p := &pipfile{}
	return p, decodeTOML("Pipfile", data, p, &p.raw)
}

// PipfilePython is the specifier of Pythons that a Pipfile asks for; empty when it does not.
func PipfilePython(data []byte) (string, error) {
	p, err := parsePipfile(data)
	if err != nil {
		return "", err
	}
	return p.Requires.specifier(), nil
}

// PipfileRequirements gives the packages of a Pipfile without a lock as lines of a requirements file, and its sources as options
// of one, for resolving them.
func PipfileRequirements(data []byte) (lines, options []string, err error) {
	p, err := parsePipfile(data)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(subtable(p.raw, "packages"))) {
		entry, ok := newPipfileEntry(subtable(p.raw, "packages")[name])
		line := entry.line(name)
		if ok && !strings.HasPrefix(line, ".") {
			_, err = pep508.Parse(line)
		}
		if !ok || err != nil {
			return nil, nil, badPipfileEntry(name, err)
		}
		lines = append(lines, line)
		if entry.flag("no_binary") {
			options = append(options, "--no-binary "+string(pep508.NewName(name)))
		}
	}
	return lines, append(options, sourceOptions(p.Sources, true)...), nil
}

// sourceOptions are the lines that sources give the installer; searched: for packages that name none of them.
func sourceOptions(sources []pipfileSource, searched bool) (lines []string) {
	for i, s := range sources {
		option := "--extra-index-url "
		if i == 0 {
			option = "--index-url "
		}
		if searched && !publicIndex(s.URL) {
			lines = append(lines, option+s.address())
		}
		lines = append(lines, trusted(s.URL, s.Verify)...)
	}
	return lines
}

// searchesAll tells whether packages that name no source are looked for on all of them.
func (p *pipfile) searchesAll() bool {
	if p == nil {
		return false
	}
	all, _ := subtable(p.raw, "pipenv")["install_search_all_sources"].(bool)
	return all
}

// line is the entry as a line of a requirements file.
func (e pipfileEntry) line(name string) string {
	line, at := name, e.text("path")+e.text("file")
	if extras := pep508.NewNames(e.list("extras")); len(extras) > 0 {
		line += "[" + joined(extras) + "]"
	}
	suffix := strings.TrimPrefix(line, name)
	switch kind, repository := e.vcs(); {
	case repository != "":
		line += " @ " + e.repository(kind, repository) + " "
	case at != "":
		if local, ok := inApp(at); ok {
			line = "./" + path.Join(local, e.text("subdirectory")) + suffix
		} else {
			line += " @ " + at + " "
		}
	default:
		line += specifierOf(e.text("version"))
	}
	if marker := e.marker(); marker != "" {
		line += "; " + marker
	}
	return strings.TrimSpace(line)
}

func (e pipfileEntry) repository(kind, at string) string {
	at, fragment, _ := strings.Cut(strings.TrimPrefix(at, kind+"+"), "#")
	at = kind + "+" + at
	if ref := e.text("ref"); ref != "" {
		at += "@" + ref
	}
	if subdirectory := e.text("subdirectory"); subdirectory != "" {
		return at + "#subdirectory=" + subdirectory
	}
	if fragment != "" {
		at += "#" + fragment
	}
	return at
}

// specifierOf reads a version of a Pipfile: any for *, exactly that one without an operator.
func specifierOf(version string) string {
	version = strings.TrimSpace(version)
	switch {
	case version == "" || version == "*":
		return ""
	case strings.ContainsAny(version[:1], "=<>!~"):
		return version
	}
	return "==" + version
}

// marker is what the Pipfile says of when a package is needed.
func (p *pipfile) marker(category string, name pep508.Name) string {
	if p == nil {
		return ""
	}
	for raw, value := range subtable(p.raw, pipfileSection(category)) {
		if entry, ok := newPipfileEntry(value); ok && pep508.NewName(raw) == name {
			return entry.marker()
		}
	}
	return ""
}

// section is the Pipfile's word for a category of the lock.
func pipfileSection(category string) string {
	switch category {
	case "default":
		return "packages"
	case "develop":
		return "dev-packages"
	}
	return category
}

// compare tells whether the lock was made for the Pipfile, as pdmLock.compare does.
func (f pipfileLock) compare(p *pipfile) (string, error) {
	hash := f.meta.Hash["sha256"]
	if p == nil || hash == "" {
		return "", nil
	}
	for _, canonical := range []bool{true, false} { // before 2026 names were hashed as they are written
		digest, err := p.hash(canonical)
		if err != nil {
			return "", nil
		}
		if digest == hash {
			return "Pipfile", nil
		}
	}
	return "", staleLock(f.name, "Pipfile", f.drift(p), "pipenv lock")
}

func (p *pipfile) hash(canonical bool) (string, error) {
	section := func(key string) map[string]any {
		if !canonical {
			return subtable(p.raw, key)
		}
		out := map[string]any{}
		for name, value := range subtable(p.raw, key) {
			out[string(pep508.NewName(name))] = value
		}
		return out
	}
	source := valueOr(p.raw, "source", []any{map[string]any{"name": "pypi", "url": DefaultIndex, "verify_ssl": true}})
	hashed := map[string]any{
		"_meta":   map[string]any{"sources": source, "requires": valueOr(p.raw, "requires", map[string]any{})},
		"default": section("packages"),
		"develop": section("dev-packages"),
	}
	for key := range p.raw {
		if !slices.Contains(pipenvTables, key) {
			hashed[key] = section(key)
		}
	}
	text, err := pyJSON(hashed, compact)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), nil
}

// drift names what differs, as far as the two files show it.
func (f pipfileLock) drift(p *pipfile) (drift []string) {
	categories := []string{"default", "develop"}
	for key := range p.raw {
		if !slices.Contains(pipenvTables, key) {
			categories = append(categories, key)
		}
	}
	for _, category := range categories {
		drift = append(drift, f.driftIn(category, p)...)
	}
	if a, b := p.Requires.specifier(), f.meta.Requires.specifier(); a != b {
		drift = append(drift, fmt.Sprintf("Pipfile requires %s, %s was made for %s", pythonWish(a), f.name, pythonWish(b)))
	}
	if len(p.Sources) > 0 && !sameSources(p.Sources, f.meta.Sources) {
		drift = append(drift, fmt.Sprintf("Pipfile has the sources %s, %s has %s", sourceNames(p.Sources), f.name, sourceNames(f.meta.Sources)))
	}
	if len(drift) == 0 {
		drift = []string{"its hash differs: a marker, an extra or another option of a package was changed"}
	}
	sort.Strings(drift)
	return drift
}

func (f pipfileLock) driftIn(category string, p *pipfile) (drift []string) {
	where, asked := "["+pipfileSection(category)+"]", map[pep508.Name]bool{}
	entries := map[pep508.Name]pipfileEntry{}
	for name, entry := range f.categories[category] {
		entries[pep508.NewName(name)] = entry
	}
	for raw, value := range subtable(p.raw, pipfileSection(category)) {
		name := pep508.NewName(raw)
		asked[name] = true
		wish, _ := newPipfileEntry(value)
		locked, ok := entries[name]
		version := exactly(locked.text("version"))
		switch specifier := specifierOf(wish.text("version")); {
		case !ok && wish.text("path")+wish.text("file") == "":
			drift = append(drift, fmt.Sprintf("%s is in %s of Pipfile and not in %s", name, where, f.name))
		case ok && !admitsVersion(specifier, version):
			drift = append(drift, fmt.Sprintf("Pipfile requires %s%s, %s has %s", name, specifier, f.name, version))
		}
	}
	for name, entry := range entries {
		if !asked[name] && entry.text("index") != "" { // Pipenv writes an index for what the Pipfile names, not for the rest
			drift = append(drift, fmt.Sprintf("%s is in %s and no longer in %s of Pipfile", name, f.name, where))
		}
	}
	return drift
}

// admitsVersion tells whether a version meets a specifier; where one of the two is none, it cannot be told.
func admitsVersion(specifier, version string) bool {
	v, errVersion := pep440.Parse(version)
	s, errSpecifier := pep440.ParseSpecifiers(specifier)
	return errVersion != nil || errSpecifier != nil || s.ContainsPre(v)
}

func pythonWish(specifier string) string {
	if specifier == "" {
		return "any Python"
	}
	return "Python " + specifier
}

func sameSources(a, b []pipfileSource) bool {
	return slices.EqualFunc(a, b, func(a, b pipfileSource) bool { return a.Name == b.Name && a.URL == b.URL })
}

func sourceNames(sources []pipfileSource) string {
	var list []string
	for _, s := range sources {
		list = append(list, s.Name)
	}
	return strings.Join(list, ", ")
}
