package layer_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/pep508"
)

func testBorrow(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// native is a heavy package with libraries, and what they look for where.
	native := func(name string, libraries, needs, reaches []string) layer.Unit {
		return layer.Unit{Name: pep508.Name(name), Size: large, Libraries: libraries, Needs: needs, Reaches: reaches}
	}
	loans := func(units ...layer.Unit) map[string][]layer.Loan {
		list := map[string][]layer.Loan{}
		for _, g := range layer.Plan(units, true) {
			if len(g.Loans) > 0 {
				list[g.Layer] = g.Loans
			}
		}
		return list
	}
	torch := native("torch", []string{"torch/lib/libtorch.so"}, []string{"libcublas.so.13", "libmissing.so"}, []string{"torch/lib", "nvidia/cu13/lib"})
	cublas := native("cublas", []string{"nvidia/cu13/lib/libcublas.so.13", "nvidia/cu13/lib/libcublasLt.so.13"}, []string{"libnvrtc.so.13"}, []string{"nvidia/cu13/lib"})
	nvrtc := native("nvrtc", []string{"nvidia/cu13/lib/libnvrtc.so.13"}, nil, nil)
	other := native("other", []string{"nvidia/cu13/lib/libother.so"}, nil, nil)

	it("lends what a library looks for, and what that needs", func() {
		Expect(loans(torch, cublas, nvrtc, other)).To(Equal(map[string][]layer.Loan{
			"pkg-torch":  {{"nvidia/cu13/lib/libcublas.so.13", "pkg-cublas"}, {"nvidia/cu13/lib/libcublasLt.so.13", "pkg-cublas"}, {"nvidia/cu13/lib/libnvrtc.so.13", "pkg-nvrtc"}},
			"pkg-cublas": {{"nvidia/cu13/lib/libnvrtc.so.13", "pkg-nvrtc"}},
		}))
	})

	it("lends nothing that nobody has, or that is looked for elsewhere", func() {
		Expect(loans(torch, nvrtc)).To(BeEmpty())
		elsewhere := cublas
		elsewhere.Libraries = []string{"other/libcublas.so.13"}
		Expect(loans(torch, elsewhere)).To(BeEmpty())
	})

	it("lends nothing inside of a layer, and keeps a layer's own library", func() {
		inside := nvrtc
		inside.Roots = []string{"shared"}
		joined := cublas
		joined.Roots = []string{"shared"}
		Expect(loans(joined, inside)).To(BeEmpty())
		both := torch
		both.Libraries = []string{"nvidia/cu13/lib/libcublasLt.so.13"}
		Expect(loans(both, cublas)["pkg-torch"]).To(Equal([]layer.Loan{{"nvidia/cu13/lib/libcublas.so.13", "pkg-cublas"}}))
	})

	it("ends where packages need each other", func() {
		back := nvrtc
		back.Needs, back.Reaches = []string{"libtorch.so"}, []string{"torch/lib"}
		Expect(loans(torch, cublas, back)["pkg-nvrtc"]).To(HaveLen(3))
	})
}
