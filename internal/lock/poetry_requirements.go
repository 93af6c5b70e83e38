package lock

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// PoetryRequirements says what a Poetry manifest asks for in production as requirement lines, for a manifest without a lock.
// Paths are relative to the app dir, where uv has to run. [project] is obeyed where it lists dependencies; [tool.poetry] then only says where a
// package comes from.
func PoetryRequirements(manifest []byte) ([]string, error) {
	m, err := readPoetryManifest(manifest)
	if err != nil {
		return nil, err
	}
	if m.Project.Dependencies != nil {
		return m.enriched()
	}
	var lines []string
	table := m.Tool.Poetry.Dependencies
	for _, name := range slices.Sorted(maps.Keys(table)) {
		for _, d := range table[name] {
			if name == "python" || d.Optional {
				continue
			}
			line, err := d.requirement(name)
			if err != nil {
				return nil, badPoetryDependency(name, err)
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// PoetryPython is the specifier of Pythons that a Poetry manifest asks for, and the key that it stands under; both empty when it
// takes any.
func PoetryPython(manifest []byte) (specifier, where string, err error) {
	m, err := readPoetryManifest(manifest)
	if err != nil {
		return "", "", err
	}
	text, where := m.python()
	python, err := parsePython(text)
	if err != nil {
		return "", "", badPoetryDependency("python", err)
	}
	if specifier = python.specifier(); specifier == "" {
		where = ""
	}
	return specifier, where, nil
}

// enriched are the dependencies of [project], with the places that [tool.poetry.dependencies] gives them.
func (m poetryManifest) enriched() ([]string, error) {
	places := map[pep508.Name]poetryDependency{}
	for name, list := range m.Tool.Poetry.Dependencies {
		if len(list) == 1 && list[0].place() != "" {
			places[pep508.NewName(name)] = list[0]
		}
	}
	var lines []string
	for _, text := range m.Project.Dependencies {
		r, err := pep508.Parse(text)
		if err != nil {
			return nil, badRequirement(text, "pyproject.toml, project.dependencies", err)
		}
		if d, ok := places[r.Name]; ok && r.URL == "" {
			r.Specifiers, r.URL = pep440.Specifiers{}, d.url()
			text = r.String()
		}
		lines = append(lines, text)
	}
	return lines, nil
}

// requirement writes the wish as PEP 508 has it.
func (d poetryDependency) requirement(name string) (string, error) {
	marker, err := d.marker()
	if err != nil {
		return "", err
	}
	line := name
	if len(d.Extras) > 0 {
		line += "[" + joined(pep508.NewNames(d.Extras)) + "]"
	}
	if d.place() != "" {
		line += " @ " + d.url()
	} else {
		versions, err := parseConstraint(d.Version)
		if err != nil {
			return "", err
		}
		if len(versions) > 1 {
			return "", errAlternatives
		}
		line += strings.Join(d.specifiers(versions), ",")
	}
	if marker != "" {
		line += " ; " + marker
	}
	return line, nil
}

func (d poetryDependency) specifiers(versions constraint) []string {
	var out []string
	for _, specifiers := range versions {
		out = append(out, specifiers.String())
	}
	if d.Prereleases {
		out = append(out, ">=0.dev0") // a specifier that names a pre-release asks for them
	}
	return out
}

// url is where the package is, as a requirement says it.
func (d poetryDependency) url() string {
	if d.Git == "" {
		if d.URL != "" {
			return d.fragment(d.URL)
		}
		return d.fragment("./" + strings.TrimPrefix(d.place(), "./"))
	}
	out := gitURL(d.Git)
	if !strings.HasPrefix(out, "git+") {
		out = "git+" + out
	}
	if reference := cmp.Or(d.Rev, d.Tag, d.Branch); reference != "" {
		out += "@" + reference
	}
	return d.fragment(out)
}

func (d poetryDependency) fragment(text string) string {
	if d.Subdirectory == "" {
		return text
	}
	return text + "#subdirectory=" + d.Subdirectory
}

// PoetryOptions are the indexes of a Poetry manifest as options of a requirements file: a primary one takes the place of the
// default index, unless that is named too. An explicit one is for packages that name it, which a requirement cannot.
func PoetryOptions(manifest []byte) ([]string, error) {
	m, err := readPoetryManifest(manifest)
	if err != nil {
		return nil, err
	}
	var options []string
	public := slices.ContainsFunc(m.Tool.Poetry.Sources, func(s poetrySource) bool { return strings.EqualFold(s.Name, "pypi") })
	for _, s := range m.Tool.Poetry.Sources {
		switch primary := s.Priority == "" || s.Priority == "primary" || s.Priority == "default"; {
		case s.URL == "" || s.Priority == "explicit":
		case primary && !public:
			options = append(options, "--index-url "+withoutCredentials(s.URL))
			public = true
		default:
			options = append(options, "--extra-index-url "+withoutCredentials(s.URL))
		}
	}
	return options, nil
}
