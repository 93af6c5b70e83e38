package lock

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// wish is one requirement in the form that manifest and lock are compared in.
type wish struct {
	extra      pep508.Name // of the project, that asks for it; in a lock it stands in the marker instead
	extras     string      // of the package, that are asked for
	specifiers pep440.Specifiers
	source     source
	marker     pep508.Marker
	text       string // the marker as written
}

// comparison is of one manifest with what the lock remembers of it.
type comparison struct {
	manifest, lock string // file names
	python         string // the Pythons that the lock is for
	extras         []pep508.Name
	environments   []pep508.Environment // with these Pythons: in no other they need to agree
}

func parseAll(texts []string, extra string, r resolver, where string) (map[pep508.Name][]wish, error) {
	out := map[pep508.Name][]wish{}
	for _, text := range texts {
		parsed, err := pep508.Parse(text)
		if err != nil {
			return nil, badRequirement(text, where, err)
		}
		out[parsed.Name] = append(out[parsed.Name], wish{
			extra: pep508.NewName(extra), extras: joined(parsed.Extras), specifiers: parsed.Specifiers,
			source: r.source(parsed), marker: parsed.Marker, text: parsed.Marker.String(),
		})
	}
	return out, nil
}

func locked(list []uvRequirement) map[pep508.Name][]wish {
	out := map[pep508.Name][]wish{}
	for _, r := range list {
		w := wish{extras: joined(pep508.NewNames(r.Extras)), source: r.source(), text: r.Marker}
		var err, errMarker error
		w.specifiers, err = pep440.ParseSpecifiers(r.Specifier)
		w.marker, errMarker = readMarker(r.Marker)
		if err != nil || errMarker != nil {
			w.source = anySource
		}
		name := pep508.NewName(r.Name)
		out[name] = append(out[name], w)
	}
	return out
}

// plain forgets indexes: constraints are not compared in them.
func plain(lock map[pep508.Name][]wish) map[pep508.Name][]wish {
	for _, wishes := range lock {
		for i := range wishes {
			if wishes[i].source.versioned() {
				wishes[i].source = source{}
			} else {
				wishes[i].source = anySource
			}
		}
	}
	return lock
}

// differences lists what is not the same, sorted by name.
func (c comparison) differences(label string, manifest, lock map[pep508.Name][]wish) []string {
	var drift []string
	for _, name := range slices.Sorted(maps.Keys(union(manifest, lock))) {
		if c.agree(manifest[name], lock[name]) {
			continue
		}
		now, was := describe(name, manifest[name], false), describe(name, lock[name], false)
		if now == was {
			now, was = describe(name, manifest[name], true), describe(name, lock[name], true)
		}
		switch now, was := now+label, was+label; {
		case lock[name] == nil:
			drift = append(drift, fmt.Sprintf("%s is required by %s and not in %s", now, c.manifest, c.lock))
		case manifest[name] == nil:
			drift = append(drift, fmt.Sprintf("%s is in %s and no longer required by %s", was, c.lock, c.manifest))
		default:
			drift = append(drift, fmt.Sprintf("%s requires %s, %s was made for %s", c.manifest, now, c.lock, was))
		}
	}
	return drift
}

// agree tells whether two lists ask for the same. uv writes markers anew, so they are not compared as texts but by what they
// let through: in each environment the lock is for, every wish that holds must have its like. How often it occurs does not matter.
func (c comparison) agree(a, b []wish) bool {
	marked := func(w wish) bool { return w.extra != "" || !w.marker.IsZero() }
	if !slices.ContainsFunc(a, marked) && !slices.ContainsFunc(b, marked) || slices.ContainsFunc(slices.Concat(a, b), wish.vague) {
		return alike(a, b)
	}
	for _, extra := range append([]pep508.Name{""}, c.extras...) {
		for _, env := range c.environments {
			if extra != "" {
				env.Extras = []pep508.Name{extra}
			}
			if !alike(holding(a, env), holding(b, env)) {
				return false
			}
		}
	}
	return true
}

// vague is a marker that tools read differently, or that asks for what is not known here: substrings, kernels.
func (w wish) vague() bool { return vague.MatchString(w.text) }

var vague = regexp.MustCompile(`\bin\b|platform_release|platform_version|implementation_version|===|~=|[<>]=? *['"][^'"]*\*`)

func holding(all []wish, env pep508.Environment) []wish {
	return slices.DeleteFunc(slices.Clone(all), func(w wish) bool {
		return w.extra != "" && !slices.Contains(env.Extras, w.extra) || !w.marker.Evaluate(env)
	})
}

// alike tells whether every wish has its like on the other side.
func alike(a, b []wish) bool { return covers(a, b) && covers(b, a) }

func covers(a, b []wish) bool {
	return !slices.ContainsFunc(a, func(w wish) bool { return !slices.ContainsFunc(b, w.like) })
}

func (w wish) like(other wish) bool {
	if w.extras != other.extras || !w.source.like(other.source) {
		return false
	}
	return !w.source.versioned() || !other.source.versioned() || w.specifiers.Equal(other.specifiers)
}

// environments are real ones: Pythons that a specifier takes, on the usual platforms.
func environments(python string) []pep508.Environment {
	specifiers, err := pep440.ParseSpecifiers(python)
	if err != nil {
		return nil
	}
	var all []pep508.Environment
	for minor := range 25 {
		for _, micro := range []int{0, 7} {
			version, err := pep440.Parse(fmt.Sprintf("3.%d.%d", minor, micro))
			if err != nil || !specifiers.Contains(version) {
				continue
			}
			linux := pep508.Linux(version, "x86_64")
			arm, pypy, mac, windows := linux, linux, linux, linux
			arm.PlatformMachine = "aarch64"
			pypy.ImplementationName, pypy.PlatformPythonImplementation = "pypy", "PyPy"
			mac.SysPlatform, mac.PlatformSystem, mac.PlatformMachine = "darwin", "Darwin", "arm64"
			windows.SysPlatform, windows.PlatformSystem, windows.PlatformMachine, windows.OSName = "win32", "Windows", "AMD64", "nt"
			all = append(all, linux, arm, pypy, mac, windows)
		}
	}
	return all
}

// extraMarker is how uv writes which extra asks for a requirement, joined to the requirement's own marker.
var extraMarker = regexp.MustCompile(`\bextra == '([^']*)'`)

func describe(name pep508.Name, wishes []wish, markers bool) string {
	var parts []string
	for _, w := range wishes {
		text := string(name)
		if w.extras != "" {
			text += "[" + w.extras + "]"
		}
		if w.source.versioned() || w.source.like(source{}) {
			parts := strings.Split(w.specifiers.String(), ",")
			slices.SortFunc(parts, func(a, b string) int { return strings.Compare(b, a) }) // as uv writes them: lower bound first
			text += strings.Join(parts, ",")
		}
		text += w.source.String()
		extra := string(w.extra)
		if m := extraMarker.FindStringSubmatch(w.text); m != nil {
			extra = m[1]
		}
		if extra != "" {
			text += " (extra " + extra + ")"
		}
		if markers && w.text != "" {
			text += " ; " + w.text
		}
		parts = append(parts, text)
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " and ")
}
