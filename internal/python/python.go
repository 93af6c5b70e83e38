// Package python decides which CPython an app gets: wishes from wherever they were written and the releases that the buildpack
// pins go in, one release comes out, or an error that names the wish.
package python

import (
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep440"
)

// Request is a wish for a Python and where it was written.
type Request struct {
	Text   string // as written
	Source string // "BP_CPYTHON_VERSION", ".python-version", "pyproject.toml, project.requires-python"
	Weak   bool   // a range that the app works with rather than a choice: alone, it takes the newest that it allows
}

// Release is a CPython that can be installed.
type Release struct {
	Version   pep440.Version
	Build     string
	EndOfLife string // day, "2030-10-31"; empty when not known
	Index     int    // of the dependency it came from
}

// Choice is the answer.
type Choice struct {
	Release Release
	Reason  string // for the log: "(.python-version asks for 3.14)"
}

// Resolve gives the newest release that every request allows. Requests stand in the order of precedence; without any, it is
// the newest release of the newest minor that has had a patch release. endOfLife maps minors that are gone to their last day.
func Resolve(requests []Request, releases []Release, endOfLife map[string]string) (Choice, error) {
	releases = append([]Release(nil), releases...)
	sort.SliceStable(releases, func(i, j int) bool { return releases[i].Version.Compare(releases[j].Version) > 0 })
	left := releases
	for i, request := range requests {
		specifiers, err := parse(request)
		if err != nil {
			return Choice{}, err
		}
		allowed := filter(left, specifiers)
		if len(allowed) == 0 {
			if len(filter(releases, specifiers)) > 0 {
				return Choice{}, contradiction(requests[:i], request)
			}
			return Choice{}, unavailable(request, specifiers, releases, endOfLife)
		}
		left = allowed
	}
	if len(left) == 0 {
		return Choice{}, errNone
	}
	return Choice{Release: choose(left), Reason: reason(requests)}, nil
}

// choose prefers a minor that has had a patch release: packages have wheels for it.
func choose(newestFirst []Release) Release {
	for _, r := range newestFirst {
		if r.Version.Micro() > 0 && !r.Version.IsPrerelease() {
			return r
		}
	}
	return newestFirst[0]
}

func reason(requests []Request) string {
	if len(requests) == 0 {
		return "default; write a .python-version file to choose"
	}
	return requests[0].Source + " asks for " + requests[0].Text
}

func filter(releases []Release, s pep440.Specifiers) []Release {
	var out []Release
	for _, r := range releases {
		if s.Contains(r.Version) {
			out = append(out, r)
		}
	}
	return out
}

// parse reads a wish: a PEP 440 specifier, or a plain version that stands for itself and everything under it
// (3.13 is ==3.13.*, 3 is ==3.*).
func parse(r Request) (pep440.Specifiers, error) {
	text := strings.TrimSpace(r.Text)
	for _, prefix := range []string{"python-", "cpython-", "cpython@", "python"} {
		text = strings.TrimPrefix(text, prefix)
	}
	if text != "" && text[0] >= '0' && text[0] <= '9' && !strings.Contains(text, ",") {
		text = "==" + plain(text)
	}
	specifiers, err := pep440.ParseSpecifiers(text)
	if err != nil || text == "" || text == "==" {
		return pep440.Specifiers{}, unreadable(r)
	}
	return specifiers, nil
}

func plain(text string) string {
	switch parts := strings.Split(text, "."); {
	case strings.HasSuffix(text, "*"), len(parts) > 2:
		return text
	default:
		return text + ".*"
	}
}

// ReadVersionFile reads .python-version as pyenv and uv write it: the first line that is neither blank nor a comment.
func ReadVersionFile(data string) string {
	for _, line := range strings.Split(strings.TrimPrefix(data, "\ufeff"), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}
