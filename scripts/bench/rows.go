package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The builds that rows are computed from.
var (
	cold      = variant{name: "cold"}
	same      = variant{name: "no change", previous: "cold", repeat: true}
	code      = variant{name: "code", previous: "cold", change: "echo '# change @TRY@' >> /workspace/main.py", repeat: true}
	light     = variant{name: "light bump", previous: "cold", lock: "light"}
	heavy     = variant{name: "heavy bump", previous: "cold", lock: "heavy"}
	other     = variant{name: "other app", lock: "other"}
	empty     = variant{name: "no packages", change: "rm /workspace/requirements.txt", repeat: true}
	one       = variant{name: "one layer", env: []string{"PACKAGE_LAYERS=false"}}
	flat      = variant{name: "flat", flat: true}
	flatLight = variant{name: "flat light bump", previous: "flat", lock: "light", flat: true}
)

var rows = []row{
	{name: "no change, all phases ÷ smallest app", bar: 1.2, pick: "largest", measure: func(b *bench, app string) (float64, error) {
		return b.ratio(all, app, same, b.apps[0], same)
	}},
	{name: "no change, all phases", bar: 0.5, unit: "CPU s", measure: func(b *bench, app string) (float64, error) { return b.cost(all, app, same) }},
	{name: "cold build, Python included ÷ uv, cold and compiled", bar: 0.8, pick: "largest", measure: func(b *bench, app string) (float64, error) {
		return b.against(app, cold, "uv")
	}},
	{name: "no change without a cache ÷ with", bar: 1.1, pick: "largest", measure: noCache},
	{name: "cache ÷ wheels, bytes", bar: 0.1, pick: "largest", measure: cacheSize},
	{name: "light bump: pushed", bar: 3, unit: "MB", measure: func(b *bench, app string) (float64, error) { return b.cost(megabytes, app, light) }},
	{name: "light bump: pushed ÷ flat", bar: 0.01, pick: "largest", measure: func(b *bench, app string) (float64, error) {
		return b.ratio(megabytes, app, light, app, flatLight)
	}},
	{name: "heavy bump: (pushed - 64 KB) ÷ the package, compressed", bar: 1.1, measure: heavyBump},
	{name: "light bump: build CPU ÷ flat", bar: 0.1, pick: "largest", measure: func(b *bench, app string) (float64, error) {
		return b.ratio(building, app, light, app, flatLight)
	}},
	{name: "patch release of Python: package layers made", equal: true, measure: patchRelease},
	{name: "code changed: (pushed - 64 KB) ÷ the app, compressed", bar: 1.2, measure: func(b *bench, app string) (float64, error) {
		c, err := b.build(app, code)
		return max(0, float64(c.pushed-64<<10)) / float64(c.app), err
	}},
	{name: "cold install of packages ÷ floor, CPU", bar: 1.5, measure: func(b *bench, app string) (float64, error) {
		floor, err := b.script(app, "", "floor")
		if err != nil {
			return 0, err
		}
		packages, err := b.packages(app)
		return packages / floor.all, err
	}},
	{name: "cold install of packages ÷ venv + pip, CPU", bar: 0.6, measure: func(b *bench, app string) (float64, error) {
		pip, err := b.script(app, "", "pip")
		if err != nil {
			return 0, err
		}
		packages, err := b.packages(app)
		return packages / pip.cpu, err
	}},
	{name: "the same, Python included", info: true, measure: func(b *bench, app string) (float64, error) { return b.against(app, cold, "pip") }},
	{name: "image ÷ Python + venv + pip, bytes", bar: 0.75, measure: imageSize},
	{name: "imports ÷ one site-packages, CPU", bar: 1.03, pick: "largest", measure: imports},
	{name: "sources compiled at start, read-only root", equal: true, measure: compiledAtStart},
	{name: "package layers equal in another app, not shared", equal: true, measure: notShared},
}

// What of a cost counts.
func all(c cost) float64       { return c.all }
func building(c cost) float64  { return c.cpu }
func megabytes(c cost) float64 { return float64(c.pushed) / 1e6 }

// need builds what a variant takes its previous image from.
func (b *bench) need(app string, v variant) (cost, error) {
	for _, first := range []variant{cold, flat, cached} {
		if v.previous == first.name {
			if _, err := b.build(app, first); err != nil {
				return cost{}, err
			}
		}
	}
	return b.build(app, v)
}

func (b *bench) cost(of func(cost) float64, app string, v variant) (float64, error) {
	c, err := b.need(app, v)
	return of(c), err
}

func (b *bench) ratio(of func(cost) float64, app string, v variant, base string, w variant) (float64, error) {
	figure, err := b.cost(of, app, v)
	if err != nil {
		return 0, err
	}
	against, err := b.cost(of, base, w)
	return figure / against, err
}

// against compares a build phase with an installer of container.sh.
func (b *bench) against(app string, v variant, function string) (float64, error) {
	c, err := b.need(app, v)
	if err != nil {
		return 0, err
	}
	base, err := b.script(app, "", function)
	return c.cpu / base.cpu, err
}

// packages is what the packages of a cold build cost: an app without any has Python and all else too.
func (b *bench) packages(app string) (float64, error) {
	c, err := b.need(app, cold)
	if err != nil {
		return 0, err
	}
	without, err := b.build(b.apps[0], empty)
	return c.cpu - without.cpu, err
}

// cached is a build with a cache volume, of a buildpack that downloads CPython: one that has it along caches nothing.
var cached = variant{name: "cached cold", cache: true}

func (b *bench) online(v variant) (variant, error) {
	url, err := b.serve()
	v.descriptor = strings.ReplaceAll(b.descriptor, "file:///dependencies/", url+"/")
	return v, err
}

func (b *bench) cachedBuild(app string) (cost, error) {
	first, err := b.online(cached)
	if err != nil {
		return cost{}, err
	}
	if _, err := b.build(app, first); err != nil {
		return cost{}, err
	}
	next, err := b.online(variant{name: "cached no change", previous: "cached cold", cache: true, repeat: true})
	if err != nil {
		return cost{}, err
	}
	return b.build(app, next)
}

func noCache(b *bench, app string) (float64, error) {
	with, err := b.cachedBuild(app)
	if err != nil {
		return 0, err
	}
	next, err := b.online(variant{name: "uncached no change", previous: "cached cold", repeat: true})
	if err != nil {
		return 0, err
	}
	without, err := b.build(app, next)
	return without.all / with.all, err
}

func cacheSize(b *bench, app string) (float64, error) {
	if _, err := b.cachedBuild(app); err != nil {
		return 0, err
	}
	kept, err := weigh(filepath.Join(b.work, "cache-"+app))
	if err != nil {
		return 0, err
	}
	if _, err := b.script(app, "", "floor"); err != nil { // it downloads the wheels
		return 0, err
	}
	wheels, err := weigh(filepath.Join(b.work, "wheels-"+app))
	return float64(kept) / float64(wheels), err
}

func heavyBump(b *bench, app string) (float64, error) {
	c, err := b.need(app, heavy)
	if err != nil {
		return 0, err
	}
	own, err := b.script(app, "", "one", "PACKAGE="+bumps["heavy"][app])
	return float64(c.pushed-64<<10) / float64(own.size), err
}

var newest = regexp.MustCompile(`(?m)^version = "3\.14\.\d+"$`)

// patchRelease counts the package layers that are made when only the version of CPython changes.
func patchRelease(b *bench, app string) (float64, error) {
	changed := newest.ReplaceAllString(b.descriptor, `version = "3.14.99"`)
	if changed == b.descriptor {
		return 0, fmt.Errorf("the builder has no CPython 3.14")
	}
	c, err := b.need(app, variant{name: "patch release", previous: "cold", descriptor: changed})
	if err == nil && !slices.Contains(c.made, "cpython") {
		err = fmt.Errorf("the other CPython was not used")
	}
	packages := slices.DeleteFunc(slices.Clone(c.made), func(name string) bool {
		return !strings.HasPrefix(name, "pkg-") && !strings.HasPrefix(name, "packages")
	})
	return float64(len(packages)), err
}

// imageSize compares what an image has above its base, the app aside, with what pip would put there.
func imageSize(b *bench, app string) (float64, error) {
	c, err := b.need(app, cold)
	if err != nil {
		return 0, err
	}
	pip, err := b.script(app, "", "pip")
	if err != nil {
		return 0, err
	}
	ours, err := b.sizes(b.image(app, cold.name))
	if err != nil {
		return 0, err
	}
	base, err := b.sizes(b.registry + "/lockstep/run:local")
	total := -c.app
	for digest, size := range ours {
		if base[digest] == 0 {
			total += size
		}
	}
	return float64(total) / float64(pip.size), err
}

// notShared counts the package layers of another app that hold the same packages and have another digest.
func notShared(b *bench, app string) (float64, error) {
	for _, v := range []variant{cold, other} {
		if _, err := b.need(app, v); err != nil {
			return 0, err
		}
	}
	mine, err := b.layers(b.image(app, cold.name))
	if err != nil {
		return 0, err
	}
	theirs, err := b.layers(b.image(app, other.name))
	if err != nil {
		return 0, err
	}
	equal, differ := 0, 0
	for name, l := range theirs {
		if strings.HasPrefix(name, "pkg-") && fmt.Sprint(l.facts) == fmt.Sprint(mine[name].facts) {
			equal++
			if l.digest != mine[name].digest {
				differ++
			}
		}
	}
	if equal == 0 {
		return 0, fmt.Errorf("the two apps have no package layer in common")
	}
	return float64(differ), nil
}
