package start

import (
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// enter makes the member of a workspace that the owner chose the app: only its packages are installed, so the app object of another
// member could not run. It gives the modules that stand in the member's directory.
func (t *tree) enter(member pep508.Name, modules []*module) []*module {
	if member == "" {
		return modules
	}
	t.home = t.member(member)
	if t.home == "." {
		return modules
	}
	return slices.DeleteFunc(modules, func(m *module) bool { return !strings.HasPrefix(m.file, t.home+"/") })
}

// member is the directory of the project with this name; the app dir if there is none.
func (t *tree) member(name pep508.Name) string {
	for _, file := range t.others {
		if path.Base(file) != "pyproject.toml" {
			continue
		}
		if p, ok := t.pyproject(path.Dir(file)); ok && pep508.NewName(p.Project.Name) == name {
			return path.Dir(file)
		}
	}
	return "."
}

// outside is the member of a uv workspace that the module belongs to, if its packages are not installed: neither was it chosen, nor
// does the project in the app dir depend on it.
func (f *finder) outside(m *module) pep508.Name {
	if root, ok := f.tree.pyproject("."); !ok || f.settings.File != "uv.lock" || f.settings.Member != "" || len(root.Tool.UV.Workspace.Members) == 0 {
		return ""
	}
	for dir := path.Dir(m.file); dir != "."; dir = path.Dir(dir) {
		if p, ok := f.tree.pyproject(dir); ok && p.Project.Name != "" {
			if name := pep508.NewName(p.Project.Name); !f.packages.has(string(name)) {
				return name
			}
			return ""
		}
	}
	return ""
}

// setting is what picks an app.
func (f *finder) setting(c candidate) string {
	if member := f.outside(c.module); member != "" {
		return "BP_PYTHON_MEMBER=" + string(member)
	}
	return setting + "=" + quote(c.setting())
}

// homes are the directories that the app's own modules are imported from.
func (t *tree) homes() []string { return []string{t.home, path.Join(t.home, "src")} }
