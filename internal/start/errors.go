package start

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

const setting = "BP_APP"

// ambiguous names every app that has an equal claim.
func ambiguous(list []candidate) error {
	var apps, settings []string
	for _, c := range list {
		apps = append(apps, fmt.Sprintf("%s of %s (%s)", c.spec(), c.framework.name, c.where()))
		settings = append(settings, setting+"="+quote(c.setting()))
	}
	return &failure.Error{
		What:  "Several apps could be the one to start, and nothing tells which: " + strings.Join(apps, ", ") + ".",
		Where: "the app dir",
		Fix:   "name one: set " + strings.Join(settings, " or ") + "\nor add a Procfile with the command of each",
	}
}

// noModule and noObject are about what BP_APP names.
func noModule(name, module string, near []string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s is %q, but the app dir has no module %s.", setting, name, module),
		Where: setting,
		Fix:   suggest(near),
	}
}

func noObject(name, object string, m *module, near []string) error {
	what := fmt.Sprintf("%s is %q, but %s binds no %s at its top level.", setting, name, m.file, object)
	if m.invalid != nil {
		what = fmt.Sprintf("%s is %q, but %s cannot be read: line %d, %s.", setting, name, m.file, m.invalid.line, m.invalid.text)
		near = nil
	}
	return &failure.Error{What: what, Where: setting, Fix: suggest(near)}
}

func suggest(near []string) string {
	if len(near) == 0 {
		return "name a module and the app object in it, as in " + setting + "=shop.main:app"
	}
	var lines []string
	for _, name := range near {
		lines = append(lines, setting+"="+quote(name))
	}
	return "set " + strings.Join(lines, " or ")
}

// nearest sorts names by their distance from a wanted one, and keeps at most three.
func nearest(wanted string, names []string) []string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	sort.SliceStable(names, func(i, j int) bool { return edits(wanted, names[i]) < edits(wanted, names[j]) })
	return names[:min(len(names), 3)]
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
