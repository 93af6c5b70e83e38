package integration_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testPlan(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	later := []string{"--post-buildpack", "testdata/buildpacks/uses-packages", "--trust-extra-buildpacks"}
	said := ContainSubstring("this build has 3.19 2.19.2\n/layers/lockstep_python/venv/prefix/bin/python\n/layers/lockstep_python/venv/prefix/bin/pygmentize\n")

	it("gives Python and the packages to a later buildpack that requires them for the build", func() {
		a := fixture(t, "hashed")
		Expect(a.mustBuild(later...).building()).To(said)
		id := a.id()
		Expect(a.mustBuild(later...).building()).To(said)
		Expect(a.id()).To(Equal(id))
		Expect(a.python("import idna, pygments, itsdangerous")).To(BeEmpty())
	})

	it("makes the same layers whether a later buildpack requires them for the build or not", func() {
		plain, a := fixture(t, "hashed"), fixture(t, "hashed")
		plain.mustBuild()
		a.mustBuild(later...)
		Expect(changed(plain.layers(), a.layers())).To(BeEmpty())
		a.mustBuild()
		Expect(changed(plain.layers(), a.layers())).To(BeEmpty())
	})
}
