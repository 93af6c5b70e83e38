package python

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/lockstep/python/internal/failure"
)

var errNone = errors.New("choosing a Python: buildpack.toml pins none for this platform")

// longest is how much of a wish a message repeats: what was taken for a version may be any file.
const longest = 60

// shown is a wish as a message may hold it: one line, nothing that a terminal obeys.
func shown(text string) string {
	text = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return unicode.ReplacementChar
		}
		return c
	}, strings.Join(strings.Fields(text), " "))
	if letters := []rune(text); len(letters) > longest {
		return string(letters[:longest]) + "…"
	}
	return text
}

var (
	freeThreaded = regexp.MustCompile(`^(\d+(?:\.\d+)*)(?:t\b|\+freethreaded)`)
	otherPython  = regexp.MustCompile(`(?i)^(pypy|graalpy|jython|ironpython|micropython|stackless|pyston|cinder|nogil|` +
		`anaconda|miniconda|miniforge|mambaforge|activepython|system)`)
)

func unreadable(r Request) error {
	e := &failure.Error{
		What:  fmt.Sprintf("%q is not a Python version", shown(r.Text)),
		Where: r.Source,
		Fix:   "write 3.13, 3.13.14 or a range such as >=3.12,<3.14",
	}
	if found := freeThreaded.FindStringSubmatch(bare(r.Text)); found != nil {
		e.What = fmt.Sprintf("%q asks for the free-threaded build of CPython, which this buildpack does not install", shown(r.Text))
		e.Fix = "ask for the usual build: " + found[1]
	} else if otherPython.MatchString(strings.TrimSpace(r.Text)) {
		e.What = fmt.Sprintf("%q is not a version of CPython, the only Python that this buildpack installs", shown(r.Text))
	}
	return e
}

// contradiction names the earlier wishes that w cannot be met together with: each for itself or, if there is none such,
// all of them.
func contradiction(earlier []wish, w wish) error {
	culprits := slices.Clone(earlier)
	culprits = slices.DeleteFunc(culprits, func(e wish) bool { return slices.ContainsFunc(e.allowed, w.allows) })
	fix := fmt.Sprintf("make them agree: change one of %s and %s", join(earlier, func(e wish) string { return e.Source }), w.Source)
	if len(culprits) == 0 {
		culprits = earlier
	} else if len(culprits) == 1 {
		mine, theirs := choose(w.allowed), choose(culprits[0].allowed)
		version := theirs.minor()
		if version == mine.minor() {
			version = theirs.Version.String()
		}
		fix = fmt.Sprintf("ask for %s in %s, or let %s allow %s", mine.minor(), culprits[0].Source, w.Source, version)
	}
	return &failure.Error{
		What:  fmt.Sprintf("no Python meets all wishes: %s, but %s", join(culprits, wish.String), w),
		Where: w.Source,
		Fix:   fix,
	}
}

func join(wishes []wish, text func(wish) string) string {
	var list []string
	for _, w := range wishes {
		list = append(list, text(w))
	}
	return strings.Join(list, ", ")
}

// single is a wish for one minor or one release.
var single = regexp.MustCompile(`^(?:={2,3}|~=)?\s*(\d+\.\d+)(?:\.\d+)*(?:\.\*)?$`)

// unavailable says why no release fits: the minor is at its end of life, the patch is not pinned, or it does not exist.
func unavailable(r Request, newestFirst []Release, endOfLife map[string]string) error {
	minors, versions := summary(newestFirst)
	example := choose(newestFirst).minor()
	e := &failure.Error{
		What:  fmt.Sprintf("this buildpack has no Python that meets %q", shown(r.Text)),
		Where: r.Source,
		Fix:   fmt.Sprintf("ask for %s to %s, such as %s", minors[0], minors[len(minors)-1], example),
	}
	if len(minors) == 1 {
		e.Fix = "ask for " + example
	}
	found := single.FindStringSubmatch(bare(r.Text))
	if found == nil {
		return e
	}
	minor := found[1]
	if day, gone := endOfLife[minor]; gone && versions[minor] == nil {
		e.What = fmt.Sprintf("Python %s reached its end of life on %s and gets no security fixes any more", minor, day)
	} else if versions[minor] != nil {
		e.What += fmt.Sprintf("; of %s it has %s", minor, strings.Join(versions[minor], " and "))
		e.Fix = fmt.Sprintf("ask for %s, which takes the newest patch release", minor)
	}
	return e
}

// summary gives the minors, oldest first, and the versions of each, newest first.
func summary(newestFirst []Release) ([]string, map[string][]string) {
	var minors []string
	versions := map[string][]string{}
	for _, r := range newestFirst {
		if versions[r.minor()] == nil {
			minors = append(minors, r.minor())
		}
		versions[r.minor()] = append(versions[r.minor()], r.Version.String())
	}
	slices.Reverse(minors)
	return minors, versions
}
