package lock

import (
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/decode"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// pdmManifest is pyproject.toml as PDM reads it. Nil is none.
type pdmManifest struct {
	raw     map[string]any // the same, for the hash
	Project struct {
		Name         string              `toml:"name"`
		Version      string              `toml:"version"`
		Python       string              `toml:"requires-python"`
		Dependencies []string            `toml:"dependencies"`
		Optional     map[string][]string `toml:"optional-dependencies"`
		Dynamic      []string            `toml:"dynamic"`
	} `toml:"project"`
	Groups      map[string][]any `toml:"dependency-groups"`
	BuildSystem map[string]any   `toml:"build-system"`
	Tool        struct {
		PDM struct {
			Dev          map[string][]string `toml:"dev-dependencies"`
			Sources      []pdmSource         `toml:"source"`
			Distribution *bool               `toml:"distribution"`
			Kind         string              `toml:"package-type"` // before distribution
			Overrides    map[string]any      `toml:"overrides"`    // before resolution.overrides
			Resolution   struct {
				Excludes  []string       `toml:"excludes"`
				Overrides map[string]any `toml:"overrides"`
			} `toml:"resolution"`
		} `toml:"pdm"`
	} `toml:"tool"`
}

func readPDMManifest(app fs.FS) (*pdmManifest, error) {
	data, err := fs.ReadFile(app, "pyproject.toml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadableFile("pyproject.toml", err)
	}
	m := &pdmManifest{}
	if err := decode.TOML(data, m); err != nil {
		return nil, unreadable("pyproject.toml", err)
	}
	if err := decode.TOML(data, &m.raw); err != nil {
		return nil, unreadable("pyproject.toml", err)
	}
	return m, nil
}

// distribution tells whether the project itself is installed. PDM takes every project with a name for a distribution unless it
// is told otherwise; without a word and without a build system, what is built would be a guess, so the app stays a directory.
func (m *pdmManifest) distribution() bool {
	if m == nil || m.Project.Name == "" {
		return false
	}
	settings := m.Tool.PDM
	switch {
	case settings.Kind != "":
		return settings.Kind == "library"
	case settings.Distribution != nil:
		return *settings.Distribution
	}
	return len(m.BuildSystem) > 0
}

// requires tells whether the manifest says itself what the project requires; else PDM asks Poetry's tables, Flit's or the backend.
func (m *pdmManifest) requires() bool {
	return m != nil && m.raw["project"] != nil && !slices.Contains(m.Project.Dynamic, "dependencies")
}

// is tells whether a name is the project's own: pyproject.toml may ask for its extras that way.
func (m *pdmManifest) is(name pep508.Name) bool {
	return m != nil && m.Project.Name != "" && pep508.NewName(m.Project.Name) == name
}

func (m *pdmManifest) excludes(name string) bool {
	return m != nil && slices.Contains(pep508.NewNames(m.Tool.PDM.Resolution.Excludes), pep508.NewName(name))
}

func (m *pdmManifest) extras() []pep508.Name {
	return pep508.NewNames(slices.Collect(maps.Keys(m.Project.Optional)))
}

func (m *pdmManifest) devGroups() []pep508.Name {
	return pep508.NewNames(slices.Concat(slices.Collect(maps.Keys(m.Groups)), slices.Collect(maps.Keys(m.Tool.PDM.Dev))))
}

// groups are those to install from, or an error when one is not there or was not locked.
func (f pdmLock) groups(m *pdmManifest, want Request) ([]pep508.Name, error) {
	locked := slices.DeleteFunc(pep508.NewNames(f.Metadata.Groups), func(g pep508.Name) bool { return g == "default" })
	extras, groups, where := locked, locked, f.name
	if m != nil {
		extras, groups, where = m.extras(), m.devGroups(), "pyproject.toml"
	}
	for _, extra := range want.Extras {
		if !slices.Contains(extras, extra) {
			return nil, notInFile("extra", extra, extras, where)
		}
	}
	for _, group := range want.Groups {
		if !slices.Contains(groups, group) {
			return nil, notInFile("dependency group", group, groups, where)
		}
	}
	all := slices.Concat([]pep508.Name{"default"}, want.Extras, want.Groups)
	for _, group := range all[1:] {
		if f.Metadata.Groups != nil && !slices.Contains(locked, group) {
			return nil, notLocked(f.name, group)
		}
	}
	return all, nil
}

// lines are the requirements of groups, with those that they include.
func (m *pdmManifest) lines(groups []pep508.Name) (lines []string) {
	seen := map[pep508.Name]bool{}
	for queue := slices.Clone(groups); len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		for _, item := range m.items(queue[0]) {
			switch item := item.(type) {
			case string:
				if own, err := pep508.Parse(item); err == nil && m.is(own.Name) {
					queue = append(queue, own.Extras...)
				} else {
					lines = append(lines, item)
				}
			case map[string]any:
				included, _ := item["include-group"].(string)
				queue = append(queue, pep508.NewName(included))
			}
		}
	}
	return lines
}

// items are the lines of one group as they are written.
func (m *pdmManifest) items(group pep508.Name) (items []any) {
	add := func(list []string) {
		for _, line := range list {
			items = append(items, line)
		}
	}
	if group == "default" {
		add(m.Project.Dependencies)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Project.Optional)) {
		if pep508.NewName(name) == group {
			add(m.Project.Optional[name])
			return items
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Groups)) {
		if pep508.NewName(name) == group {
			items = append(items, m.Groups[name]...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Tool.PDM.Dev)) {
		if pep508.NewName(name) == group {
			add(m.Tool.PDM.Dev[name])
		}
	}
	return items
}

// pdmWish is a requirement line; PDM also knows editables, which are named by their fragment.
type pdmWish struct {
	pep508.Requirement
	direct bool
}

var egg = regexp.MustCompile(`[#&]egg=([\w.-]+)(?:\[([^\]]*)\])?`)

func parsePDMLine(line string) (pdmWish, error) {
	if _, ok := editable(line); !ok {
		r, err := pep508.Parse(line)
		return pdmWish{r, r.URL != ""}, err
	}
	m := egg.FindStringSubmatch(line)
	if m == nil {
		return pdmWish{}, errors.New("an editable without #egg=name")
	}
	r := pep508.Requirement{Name: pep508.NewName(m[1]), Raw: m[1]}
	if m[2] != "" {
		r.Extras = pep508.NewNames(strings.Split(m[2], ","))
	}
	return pdmWish{r, true}, nil
}

// admits tells whether a version meets the requirement; what is no version does.
func (w pdmWish) admits(version string) bool {
	v, err := pep440.Parse(version)
	return err != nil || w.direct || w.Specifiers.ContainsPre(v)
}

// pdmSource is an index or a page of links, for all packages or some.
type pdmSource struct {
	Name     string   `toml:"name"`
	URL      string   `toml:"url"`
	Kind     string   `toml:"type"`
	Verify   *bool    `toml:"verify_ssl"`
	Username string   `toml:"username"`
	Password string   `toml:"password"`
	Include  []string `toml:"include_packages"`
	Exclude  []string `toml:"exclude_packages"`
}

// pdmIndexes are the sources in order, and those of them that packages without an index of their own need.
type pdmIndexes struct {
	sources []pdmSource
	shared  map[string]bool
	static  bool // files have URLs: indexes only matter for their credentials
}

// indexes lists the sources. The default index comes first unless a source named pypi stands for it.
func (m *pdmManifest) indexes() pdmIndexes {
	i := pdmIndexes{shared: map[string]bool{}}
	if m != nil {
		i.sources = m.Tool.PDM.Sources
	}
	if !slices.ContainsFunc(i.sources, func(s pdmSource) bool { return s.Name == "pypi" }) {
		i.sources = slices.Concat([]pdmSource{{Name: "pypi"}}, i.sources)
	}
	return i
}

// of gives the one index that a package comes from: those that include it, else those that do not exclude it. It is empty for
// the default index and where several will do; then they become options.
func (i pdmIndexes) of(name pep508.Name) string {
	matching := func(list func(pdmSource) []string) func(pdmSource) bool {
		return func(s pdmSource) bool {
			return !slices.ContainsFunc(list(s), func(p string) bool { return patternFits(p, name) })
		}
	}
	found := slices.DeleteFunc(slices.Clone(i.sources), matching(func(s pdmSource) []string { return s.Include }))
	if len(found) == 0 {
		excluding := matching(func(s pdmSource) []string { return s.Exclude })
		found = slices.DeleteFunc(slices.Clone(i.sources), func(s pdmSource) bool { return !excluding(s) })
	}
	if len(found) == 1 && found[0].Kind != "find_links" && !strings.HasPrefix(found[0].URL, "file:") {
		return found[0].address()
	}
	for _, s := range found {
		i.shared[s.Name] = true
	}
	return ""
}

var notPattern = regexp.MustCompile(`[^A-Za-z0-9?*\[\]-]+`)

// patternFits matches a name with a pattern of the shell, as PDM normalizes it.
func patternFits(pattern string, name pep508.Name) bool {
	ok, err := path.Match(strings.ToLower(notPattern.ReplaceAllString(pattern, "-")), string(name))
	return ok && err == nil
}

// address is the URL with the credentials that stand beside it; empty for the public default index, which mirrors replace.
func (s pdmSource) address() string {
	if publicIndex(s.URL) {
		return ""
	}
	scheme, rest, ok := strings.Cut(s.URL, "://")
	if !ok || s.Username == "" || s.Password == "" {
		return s.URL
	}
	host, after, _ := strings.Cut(rest, "/")
	return scheme + "://" + s.Username + ":" + s.Password + "@" + host[strings.LastIndex(host, "@")+1:] + "/" + after
}

// options are the lines for the sources that Entry.Index cannot say.
func (i pdmIndexes) options() (lines []string) {
	for _, s := range i.sources {
		at := s.address()
		if local, ok := strings.CutPrefix(at, rootURL+"/"); ok {
			at = "./" + local
		}
		switch {
		case at == "" || !i.static && !i.shared[s.Name]:
		case s.Kind == "find_links":
			lines = append(lines, "--find-links "+at)
		case s.Name == "pypi":
			lines = append(lines, "--index-url "+at)
		default:
			lines = append(lines, "--extra-index-url "+at)
		}
		lines = append(lines, trusted(at, s.Verify)...)
	}
	return lines
}

// trusted is the option for a source whose certificate is not verified.
func trusted(address string, verify *bool) []string {
	if verify == nil || *verify {
		return nil
	}
	u, err := url.Parse(strings.NewReplacer("${", "", "}", "").Replace(address))
	if err != nil || u.Host == "" {
		return nil
	}
	return []string{"--trusted-host " + u.Host}
}
