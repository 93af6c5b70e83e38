package pep440_test

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/pep440"
)

func version(t *testing.T, text string) pep440.Version {
	t.Helper()
	v, err := pep440.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func testVersion(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	context("String", func() {
		for _, c := range []struct{ name, text, want string }{
			{"keeps zeros at the end", "1.0.0", "1.0.0"},
			{"drops the leading v and blanks", "\t v3.13.5\n", "3.13.5"},
			{"drops leading zeros", "2024.01.02", "2024.1.2"},
			{"shortens pre-release names", "1.0-ALPHA.1", "1.0a1"},
			{"takes preview for a candidate", "1.0preview", "1.0rc0"},
			{"knows revisions", "1.0r3", "1.0.post3"},
			{"knows a bare number as post-release", "1.0-3", "1.0.post3"},
			{"shows a zero epoch as none", "0!1", "1"},
			{"shows all parts in order", "v1!2.3C4.rev5_DEV6+Ubuntu_01", "1!2.3rc4.post5.dev6+ubuntu.1"},
		} {
			it(c.name, func() { Expect(version(t, c.text).String()).To(Equal(c.want)) })
		}
	})

	context("Parse", func() {
		for _, c := range []struct{ name, text, want string }{
			{"refuses a word", "lolwut", `"lolwut" is not a version, such as 1.2.3 or 2.0rc1`},
			{"refuses megabytes of digits", strings.Repeat("9", 20_000_000), `"99999999999999999999"… is too long for a version`},
			{"refuses nothing", " ", `"" is not a version, such as 1.2.3 or 2.0rc1`},
			{"refuses a wildcard", "3.13.x", `"3.13.x" is not a version, such as 1.2.3 or 2.0rc1`},
			{"refuses digits of other scripts", "１.0", `"１.0" is not a version, such as 1.2.3 or 2.0rc1`},
			{"refuses a number that no int holds", "1.99999999999999999999",
				`"1.99999999999999999999" is not a version: the number 99999999999999999999 is too large`},
		} {
			it(c.name, func() {
				_, err := pep440.Parse(c.text)
				Expect(err).To(MatchError(c.want))
			})
		}
	})

	it("gives the release's numbers", func() {
		v := version(t, "3.14")
		Expect([]int{v.Major(), v.Minor(), v.Micro()}).To(Equal([]int{3, 14, 0}))
		Expect(v.Release()).To(Equal([]int{3, 14}))
	})

	it("keeps its numbers to itself", func() {
		v := version(t, "3.14")
		v.Release()[0] = 2
		Expect(v.Major()).To(Equal(3))
	})

	it("orders", func() {
		sorted := []string{
			"0.9", "1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0a1.post1", "1.0b2", "1.0rc1", "1.0", "1.0+abc", "1.0+abc.1", "1.0+2",
			"1.0+10", "1.0+12345678901234567890", "1.0.post1.dev1", "1.0.post1", "1.0.1", "1.10", "1!0.1",
		}
		for i, a := range sorted {
			for j, b := range sorted {
				want := 0
				if i < j {
					want = -1
				} else if i > j {
					want = 1
				}
				Expect(version(t, a).Compare(version(t, b))).To(Equal(want), "%s and %s", a, b)
			}
		}
		Expect(version(t, "1.0").Compare(version(t, "1.0.0"))).To(BeZero())
	})
}
