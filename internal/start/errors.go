package start

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/near"
)

const setting = "BP_APP"

// ambiguous names every app that has an equal claim.
func (f *finder) ambiguous(list []candidate) error {
	var apps, settings []string
	for _, c := range list {
		apps = append(apps, fmt.Sprintf("%s of %s (%s)", c.spec(), c.framework.name, c.where()))
		if text := f.setting(c); !slices.Contains(settings, text) {
			settings = append(settings, text)
		}
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

// nearest gives the three names that are most like a wanted one.
func nearest(wanted string, names []string) []string {
	names = near.Sort(wanted, names)
	return names[:min(len(names), 3)]
}
