package python

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep440"
)

var errNone = errors.New("choosing a Python: buildpack.toml pins none for this platform")

func unreadable(r Request) error {
	text := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '\uFFFD'
		}
		return c
	}, r.Text)
	return &failure.Error{
		What:  fmt.Sprintf("%q is not a Python version", text),
		Where: r.Source,
		Fix:   "write 3.13, 3.13.14 or a range such as >=3.12,<3.14",
	}
}

func contradiction(earlier []Request, r Request) error {
	var names []string
	for _, e := range earlier {
		names = append(names, fmt.Sprintf("%s asks for %s", e.Source, e.Text))
	}
	return &failure.Error{
		What:  fmt.Sprintf("no Python meets all wishes: %s, but %s asks for %s", strings.Join(names, ", "), r.Source, r.Text),
		Where: r.Source,
		Fix:   fmt.Sprintf("make them agree: change %s or %s", earlier[0].Source, r.Source),
	}
}

var minorOf = regexp.MustCompile(`\d+\.\d+`)

// unavailable says why no release fits: the minor is at its end of life, the patch is not pinned, or it does not exist.
func unavailable(r Request, s pep440.Specifiers, releases []Release, endOfLife map[string]string) error {
	minors, newest := summary(releases)
	minor := minorOf.FindString(r.Text)
	e := &failure.Error{
		What:  fmt.Sprintf("this buildpack has no Python that meets %q", r.Text),
		Where: r.Source,
		Fix:   fmt.Sprintf("ask for %s to %s, such as %s", minors[0], minors[len(minors)-1], minors[len(minors)-1]),
	}
	if day, gone := endOfLife[minor]; gone && !slices.Contains(minors, minor) {
		e.What = fmt.Sprintf("Python %s reached its end of life on %s and gets no security fixes any more", minor, day)
	} else if versions := newest[minor]; versions != nil {
		e.What = fmt.Sprintf("this buildpack has no Python %s; of %s it has %s", strings.TrimPrefix(r.Text, "python-"), minor, strings.Join(versions, " and "))
		e.Fix = fmt.Sprintf("ask for %s, which takes the newest patch release", minor)
	}
	return e
}

// summary gives the minors, oldest first, and the versions of each, newest first.
func summary(newestFirst []Release) ([]string, map[string][]string) {
	var minors []string
	versions := map[string][]string{}
	for _, r := range newestFirst {
		minor := fmt.Sprintf("%d.%d", r.Version.Major(), r.Version.Minor())
		if versions[minor] == nil {
			minors = append(minors, minor)
		}
		versions[minor] = append(versions[minor], r.Version.String())
	}
	slices.Reverse(minors)
	return minors, versions
}
