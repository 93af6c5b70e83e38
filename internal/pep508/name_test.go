package pep508_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/pep508"
)

func testName(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	for _, c := range []struct {
		raw  string
		want pep508.Name
	}{
		{"Django", "django"},
		{"zope.interface", "zope-interface"},
		{"ruamel_yaml", "ruamel-yaml"},
		{"A-._-B..c", "a-b-c"},
	} {
		it("normalizes "+c.raw, func() { Expect(pep508.NewName(c.raw)).To(Equal(c.want)) })
	}
}
