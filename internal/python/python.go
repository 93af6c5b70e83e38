// Package python decides which CPython an app gets: wishes from wherever they were written and the releases that the buildpack
// pins go in, one release comes out, or an error that names the wish.
package python

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
)

// Request is a wish for a Python and where it was written.
type Request struct {
	Text   string // as written
	Source string // "BP_CPYTHON_VERSION", ".python-version", "pyproject.toml, project.requires-python"
}

// String is the request for logs and messages.
func (r Request) String() string { return r.Source + " asks for " + shown(r.Text) }

// Release is a CPython that can be installed.
type Release struct {
	Version   pep440.Version
	Build     string
	EndOfLife string // day, "2030-10-31"; empty when not known
	Index     int    // of the dependency it came from
}

func (r Release) minor() string { return fmt.Sprintf("%d.%d", r.Version.Major(), r.Version.Minor()) }

// Choice is the answer.
type Choice struct {
	Release Release
	Reason  string // for the log: ".python-version asks for 3.14"
}

// wish is a request and the releases that it allows, newest first.
type wish struct {
	Request
	allowed []Release
}

func (w wish) allows(r Release) bool {
	return slices.ContainsFunc(w.allowed, func(a Release) bool { return a.Version.Compare(r.Version) == 0 })
}

// Resolve gives the newest release that every request allows. Requests stand in the order of precedence; where they leave a
// choice, the minor of the previous image ("3.13") is kept, and without one it is the newest minor that has had a patch
// release. endOfLife maps minors that are gone to their last day.
func Resolve(requests []Request, previous string, releases []Release, endOfLife map[string]string) (Choice, error) {
	if len(releases) == 0 {
		return Choice{}, errNone
	}
	releases = slices.Clone(releases)
	slices.SortStableFunc(releases, func(a, b Release) int { return b.Version.Compare(a.Version) })
	left, reasons, err := narrow(requests, releases, endOfLife)
	if err != nil {
		return Choice{}, err
	}
	if kept := filterMinor(left, previous); len(kept) > 0 {
		if choose(kept).Version.Compare(choose(left).Version) != 0 {
			reasons = append(reasons, fmt.Sprintf("the previous image has %s; ask for %s in .python-version to move on", previous, choose(left).minor()))
		}
		left = kept
	}
	if len(reasons) == 0 {
		reasons = []string{"default; write a .python-version file to choose"}
	}
	return Choice{Release: choose(left), Reason: strings.Join(reasons, ", ")}, nil
}

// narrow gives the releases that every request allows, and the requests that made a difference.
func narrow(requests []Request, releases []Release, endOfLife map[string]string) (left []Release, reasons []string, err error) {
	left = releases
	var earlier []wish
	for _, request := range requests {
		specifiers, err := parse(request)
		if err != nil {
			return nil, nil, err
		}
		w := wish{request, filter(releases, specifiers)}
		if len(w.allowed) == 0 {
			return nil, nil, unavailable(request, releases, endOfLife)
		}
		allowed := filter(left, specifiers)
		if len(allowed) == 0 {
			return nil, nil, contradiction(earlier, w)
		}
		if len(reasons) == 0 || choose(allowed).Version.Compare(choose(left).Version) != 0 {
			reasons = append(reasons, request.String())
		}
		earlier, left = append(earlier, w), allowed
	}
	return left, reasons, nil
}

// choose prefers a minor that has had a patch release: packages have wheels for it.
func choose(newestFirst []Release) Release {
	final := func(r Release) bool { return !r.Version.IsPrerelease() }
	patched := func(r Release) bool { return final(r) && r.Version.Micro() > 0 }
	for _, fits := range []func(Release) bool{patched, final} {
		if i := slices.IndexFunc(newestFirst, fits); i >= 0 {
			return newestFirst[i]
		}
	}
	return newestFirst[0]
}

func filterMinor(list []Release, minor string) []Release {
	return slices.DeleteFunc(slices.Clone(list), func(r Release) bool { return r.minor() != minor })
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
	text := bare(r.Text)
	if text != "" && text[0] >= '0' && text[0] <= '9' && !strings.Contains(text, ",") {
		text = "==" + plain(text)
	}
	specifiers, err := pep440.ParseSpecifiers(text)
	if err != nil || specifiers.String() == "" {
		return pep440.Specifiers{}, unreadable(r)
	}
	return specifiers, nil
}

// bare takes off the words that say no more than that a Python is meant (runtime.txt, pyenv, uv).
func bare(text string) string {
	text = strings.TrimSpace(text)
	for _, prefix := range []string{"python-", "cpython-", "cpython@", "python"} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			return rest
		}
	}
	return text
}

func plain(text string) string {
	switch parts := strings.Split(text, "."); {
	case strings.HasSuffix(text, "*"), len(parts) > 2:
		return text
	default:
		return text + ".*"
	}
}

// ReadVersionFile reads .python-version as pyenv and uv write it: versions, one a line or separated by blanks, of which the first is
// the one that python runs. Blank lines and comments do not count.
func ReadVersionFile(text string) []string {
	var versions []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if slices.ContainsFunc(words, func(word string) bool { return word[0] < '0' || word[0] > '9' }) {
			words = []string{strings.TrimSpace(line)} // a specifier may have blanks in it
		}
		versions = append(versions, words...)
	}
	return versions
}
