package lock

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

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
