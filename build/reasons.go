package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/pep440"
)

// reason says what a layer holds, or what changed in it, in the words of packages.
func (s *stage) reason(r remade) string {
	if r.was == nil || r.why == whyContent {
		var all []string
		for _, w := range s.members(r.group) {
			all = append(all, w.String())
		}
		return brief(all)
	}
	var changes []string
	want := s.groupFacts(r.group)
	for fact := range union(r.was, want) {
		if text := s.change(fact, r.was, want); text != "" {
			changes = append(changes, text)
		}
	}
	sort.Strings(changes)
	return brief(changes)
}

// change says how a fact of a layer differs; nothing where a common fact says it for all packages.
func (s *stage) change(fact string, was, want facts) string {
	_, isCommon := s.commonFacts()[fact]
	name, isPackage := strings.CutPrefix(fact, packageFact)
	sameKind := was["python"] == want["python"] && was["target"] == want["target"]
	switch {
	case was[fact] == want[fact]:
		return ""
	case isCommon:
		return fmt.Sprintf("%s %s → %s", fact, orNone(was[fact]), want[fact])
	case !isPackage:
		return fact + " changed"
	case sameKind || versionOf(was[fact]) != versionOf(want[fact]): // another Python or target takes another file
		return packageChange(name, was[fact], want[fact])
	}
	return ""
}

// packageChange says what became of a package: its facts are version and artifact, or the artifact alone.
func packageChange(name, was, want string) string {
	old, now := versionOf(was), versionOf(want)
	switch {
	case was == "":
		return strings.TrimSpace(name+" "+now) + " is new"
	case want == "":
		return strings.TrimSpace(name+" "+old) + " is gone"
	case old == "" || now == "":
		return name + " changed"
	case old != now:
		return fmt.Sprintf("%s %s → %s", name, old, now)
	}
	return name + " " + now + " has another file"
}

func versionOf(fact string) string {
	version, _, _ := strings.Cut(fact, " ")
	if _, err := pep440.Parse(version); err != nil {
		return ""
	}
	return version
}

// brief shortens a list to what fits a line.
func brief(list []string) string {
	if len(list) <= 4 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:3], ", "), len(list)-3)
}

// pythonReason says which Python the layer holds, or what changed in it.
func (b *builder) pythonReason(was, want facts) string {
	now := b.cpython.dependency
	old, build, _ := strings.Cut(was["release"], "+")
	reasons := differences(was, want)
	switch {
	case was == nil || len(reasons) == 0:
		return "Python " + now.Version
	case old != now.Version:
		return fmt.Sprintf("Python %s → %s", old, now.Version)
	case build != now.Build:
		return fmt.Sprintf("Python %s, build %s → %s", old, build, now.Build)
	}
	return fmt.Sprintf("Python %s, %s", old, strings.Join(reasons, ", "))
}
