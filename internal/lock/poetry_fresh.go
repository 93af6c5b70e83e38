package lock

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// checkPoetry compares the hash of the manifest that the lock carries with the manifest's, as the Poetry that wrote the lock
// computes it, and fails with what drifted as far as the two files show it.
func checkPoetry(name string, data []byte, file poetryLock, manifestData []byte, manifest poetryManifest) error {
	var raw map[string]any
	if err := decodeTOML("pyproject.toml", manifestData, &raw); err != nil {
		return err
	}
	if file.Metadata.ContentHash == "" {
		return noContentHash(name)
	}
	fresh, err := file.matches(raw, firstLine(data))
	if err != nil || fresh {
		return err
	}
	return poetryStale(name, file.drift(manifest))
}

func firstLine(data []byte) string {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return string(line)
}

// What of pyproject.toml the hash covers. Keys of the first list that are missing count as null, unless [project] or
// [dependency-groups] has something to say.
var (
	hashedPoetry  = []string{"dependencies", "source", "extras", "dev-dependencies"}
	hashedProject = []string{"requires-python", "dependencies", "optional-dependencies"}
)

// matches tries each form that the hash has had in releases of Poetry that write this lock-version.
func (l poetryLock) matches(manifest map[string]any, comment string) (bool, error) {
	poetry := tableAt(manifest, "tool", "poetry")
	project := present(tableAt(manifest, "project"), hashedProject)
	groups := tableAt(manifest, "dependency-groups")
	forms := []map[string]any{hashed(project, groups, poetry)}
	if olderThan(comment, "2.3.0") {
		forms = append(forms, hashed(project, nil, poetry))
	}
	if l.before("2.1") { // Poetry 1 does not look at [project]
		forms = append(forms, hashed(nil, nil, poetry))
	}
	for _, form := range forms {
		sum, err := contentHash(form)
		if err != nil || sum == l.Metadata.ContentHash {
			return err == nil, err
		}
	}
	return false, nil
}

func contentHash(form map[string]any) (string, error) {
	text, err := pyJSON(form, spaced)
	if err != nil {
		return "", fmt.Errorf("hashing pyproject.toml: %w", err)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), nil
}

func hashed(project, groups, poetry map[string]any) map[string]any {
	tool := present(poetry, append([]string{"group"}, hashedPoetry...))
	if len(project)+len(groups) == 0 {
		for _, key := range hashedPoetry {
			tool[key] = poetry[key]
		}
		return tool
	}
	out := map[string]any{"tool": map[string]any{"poetry": tool}}
	if len(project) > 0 {
		out["project"] = project
	}
	if len(groups) > 0 {
		out["dependency-groups"] = groups
	}
	return out
}

func tableAt(table map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		table, _ = table[key].(map[string]any)
	}
	return table
}

func present(table map[string]any, keys []string) map[string]any {
	out := map[string]any{}
	for _, key := range keys {
		if value, ok := table[key]; ok {
			out[key] = value
		}
	}
	return out
}

var writtenBy = regexp.MustCompile(`Poetry ([^ ]+)`)

func olderThan(comment, release string) bool {
	m := writtenBy.FindStringSubmatch(comment)
	if m == nil {
		return false
	}
	version, err := pep440.Parse(m[1])
	limit, _ := pep440.Parse(release)
	return err == nil && version.Compare(limit) < 0
}

// wanted is what the manifest asks for of one package, by any group or extra.
type wanted struct {
	text   string // as in the manifest, for messages
	allows constraint
}

// drift lists what can be told from the two files: names that are not locked, versions that the manifest does not admit, names
// that nothing leads to any more, another Python.
func (l poetryLock) drift(m poetryManifest) []string {
	var drift []string
	if now, where := m.python(); now != "" && !samePoetryPython(now, l.Metadata.Python) {
		drift = append(drift, fmt.Sprintf("%s is %s in pyproject.toml, %s in poetry.lock", where, now, l.Metadata.Python))
	}
	wishes, versions := m.wanted(), map[pep508.Name][]string{}
	for _, p := range l.Packages {
		versions[pep508.NewName(p.Name)] = append(versions[pep508.NewName(p.Name)], p.Version)
	}
	for _, name := range slices.Sorted(maps.Keys(wishes)) {
		if len(versions[name]) == 0 {
			drift = append(drift, fmt.Sprintf("%s is required by pyproject.toml and not in poetry.lock", wishes[name][0].text))
			continue
		}
		for _, w := range wishes[name] {
			if !slices.ContainsFunc(versions[name], w.admits) {
				drift = append(drift, fmt.Sprintf("pyproject.toml requires %s, poetry.lock has %s", w.text, strings.Join(versions[name], " and ")))
			}
		}
	}
	needed := l.needed()
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		if len(wishes[name]) == 0 && !needed[name] {
			drift = append(drift, fmt.Sprintf("%s %s is in poetry.lock and no longer required by pyproject.toml", name, strings.Join(versions[name], " and ")))
		}
	}
	return drift
}

func (w wanted) admits(version string) bool {
	v, err := pep440.Parse(version)
	return err != nil || w.allows.admits(v)
}

// needed are the packages that others of the lock depend on.
func (l poetryLock) needed() map[pep508.Name]bool {
	needed := map[pep508.Name]bool{}
	for _, p := range l.Packages {
		for name := range p.Dependencies {
			needed[pep508.NewName(name)] = true
		}
	}
	return needed
}

// samePoetryPython compares the texts where one of them cannot be read.
func samePoetryPython(a, b string) bool {
	ca, errA := parsePython(a)
	cb, errB := parsePython(b)
	if errA != nil || errB != nil {
		return a == b
	}
	return slices.EqualFunc(ca, cb, pep440.Specifiers.Equal)
}

// wanted collects all groups and extras: each is in the lock. What cannot be read admits everything.
func (m poetryManifest) wanted() map[pep508.Name][]wanted {
	out := map[pep508.Name][]wanted{}
	for _, table := range m.tables(m.groups()) {
		for raw, list := range table {
			name := pep508.NewName(raw)
			for _, d := range list {
				if name == "python" {
					continue
				}
				allows, _ := parseConstraint(d.Version)
				out[name] = append(out[name], wanted{text: strings.TrimSpace(string(name) + " " + d.Version), allows: allows})
			}
		}
	}
	var lists [][]string
	lists = append(lists, m.Project.Dependencies)
	for _, extra := range slices.Sorted(maps.Keys(m.Project.Optional)) {
		lists = append(lists, m.Project.Optional[extra])
	}
	for _, group := range slices.Sorted(maps.Keys(m.Groups)) {
		lists = append(lists, requirementsOf(m.Groups[group]))
	}
	for _, text := range slices.Concat(lists...) {
		if r, err := pep508.Parse(text); err == nil {
			out[r.Name] = append(out[r.Name], wanted{text: string(r.Name) + r.Specifiers.String(), allows: constraint{r.Specifiers}})
		}
	}
	return out
}

// requirementsOf are the requirements of a group, without the other groups that it includes.
func requirementsOf(list []any) []string {
	var out []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
