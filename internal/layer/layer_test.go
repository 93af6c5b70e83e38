package layer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/pep508"
)

const (
	threshold = 1 << 20
	most      = 80
	large     = 10 * threshold
)

func unit(name string, size int64, roots ...string) layer.Unit {
	return layer.Unit{Name: pep508.NewName(name), Size: size, Roots: roots}
}

// light tells whether a layer is one of those that light packages share.
func light(name string) bool { return strings.HasPrefix(name, layer.All+"-") }

// lines shows a plan as a list of "layer: name name", the layers of light packages taken together.
func lines(groups []layer.Group) []string {
	var list, few []string
	for _, g := range groups {
		var names []string
		for _, name := range g.Names {
			names = append(names, string(name))
		}
		if light(g.Layer) {
			few = append(few, names...)
			continue
		}
		list = append(list, g.Layer+": "+strings.Join(names, " "))
	}
	if few != nil {
		slices.Sort(few)
		list = append([]string{"light: " + strings.Join(few, " ")}, list...)
	}
	return list
}

func testPlan(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	plugin := func(name string, size int64, dirs ...string) layer.Unit {
		return layer.Unit{Name: pep508.NewName(name), Size: size, Dirs: dirs}
	}
	alone := unit("own", 10, "own")
	alone.Alone = true

	for _, c := range []struct {
		name  string
		units []layer.Unit
		want  []string
	}{
		{"no packages", nil, nil},
		{"light packages together", []layer.Unit{unit("b", 5, "b"), unit("a", 5, "a")}, []string{"light: a b"}},
		{"a heavy package by itself", []layer.Unit{unit("numpy", large, "numpy"), unit("six", 5)}, []string{"light: six", "pkg-numpy: numpy"}},
		{"heavy packages alone", []layer.Unit{unit("numpy", large, "numpy")}, []string{"pkg-numpy: numpy"}},
		{"the threshold", []layer.Unit{unit("at", threshold, "at"), unit("below", threshold-1, "below")}, []string{"light: below", "pkg-at: at"}},
		{"packages with the same root together", []layer.Unit{unit("opencv-python", large, "cv2"), unit("opencv-contrib", large, "cv2")},
			[]string{"pkg-opencv-contrib: opencv-contrib opencv-python"}},
		{"roots below each other together", []layer.Unit{unit("airflow", large, "airflow"), unit("provider", 5, "airflow/providers/x")}, []string{"pkg-airflow: airflow provider"}},
		{"a plug-in's directory with the root around it", []layer.Unit{unit("core", large, "core"), plugin("plug", 5, "core/plugins/plug")}, []string{"pkg-core: core plug"}},
		{"files beside a root's with it", []layer.Unit{unit("core", large, "core"), plugin("plug", 5, "core")}, []string{"pkg-core: core plug"}},
		{"a namespace's packages apart", []layer.Unit{unit("google-a", large, "google/a"), unit("google-b", large, "google/b"), plugin("google-c", large, "google")},
			[]string{"pkg-google-a: google-a", "pkg-google-b: google-b", "pkg-google-c: google-c"}},
		{"names that begin alike apart", []layer.Unit{unit("a", large, "a"), unit("ab", large, "ab"), plugin("abc", large, "ab-c")},
			[]string{"pkg-a: a", "pkg-ab: ab", "pkg-abc: abc"}},
		{"a chain of shared roots together", []layer.Unit{unit("a", 1, "x"), unit("b", 1, "y"), unit("c", large, "y", "x"), unit("d", 1, "z")},
			[]string{"light: d", "pkg-a: a b c"}},
		{"light packages that add up", []layer.Unit{unit("a", threshold/2, "x"), unit("b", threshold/2, "x")}, []string{"pkg-a: a b"}},
		{"a directory of the app by itself at any size", []layer.Unit{alone, unit("six", 5)}, []string{"light: six", "pkg-own: own"}},
		{"a directory of the app with what shares its root", []layer.Unit{alone, unit("b", 5, "own")}, []string{"pkg-b: b own"}},
	} {
		it("puts "+c.name, func() { Expect(lines(layer.Plan(c.units, true))).To(Equal(c.want)) })
	}

	it("puts everything into one layer when told so", func() {
		units := []layer.Unit{unit("numpy", large, "numpy"), alone, unit("a", 5, "numpy")}
		Expect(lines(layer.Plan(units, false))).To(Equal([]string{"packages: a numpy own"}))
		Expect(layer.Plan(nil, false)).To(BeEmpty())
	})

	it("spreads light packages by name, those that share a root together", func() {
		Expect(layer.Plan([]layer.Unit{unit("idna", 5), unit("six", 5), unit("click", 5), unit("a", 5, "x"), unit("b", 5, "x")}, true)).To(Equal([]layer.Group{
			{Layer: "packages-3", Names: []pep508.Name{"click", "six"}}, {Layer: "packages-5", Names: []pep508.Name{"a", "b"}}, {Layer: "packages-6", Names: []pep508.Name{"idna"}}}))
	})

	it("knows its layers by name", func() {
		for name, holds := range map[string]bool{"packages": true, "packages-3": true, "pkg-numpy": true, "cpython": false, "packagesx": false} {
			Expect(layer.Holds(name)).To(Equal(holds), name)
		}
	})

	it("raises the threshold until there are few enough layers", func() {
		var units []layer.Unit
		for i := range 3 * most {
			units = append(units, unit(fmt.Sprintf("p%03d", i), int64(i+1)*threshold, fmt.Sprintf("p%03d", i)))
		}
		groups := layer.Plan(units, true)
		// 240 packages of 1 to 240 MB: 128 MB still leaves 113 heavy ones, 256 MB none.
		Expect(lines(groups)).To(HaveLen(1))
		groups = layer.Plan(units[:2*most], true)
		Expect(lines(groups)).To(HaveLen(1 + 160 - 127))
	})

	it("counts directories of the app among the heavy ones, and treats them like others when there are too many", func() {
		var units []layer.Unit
		for i := range most + 1 {
			u := unit(fmt.Sprintf("p%03d", i), 5)
			u.Alone = true
			units = append(units, u)
		}
		Expect(lines(layer.Plan(units, true))).To(HaveLen(1))
		Expect(layer.Plan(units[1:], true)).To(HaveLen(most))
		Expect(layer.Plan(append(units[1:], unit("numpy", large)), true)).To(HaveLen(most + 1))
	})
}
