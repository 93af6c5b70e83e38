package pep440_test

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/pep440"
)

func specifiers(t *testing.T, text string) pep440.Specifiers {
	t.Helper()
	s, err := pep440.ParseSpecifiers(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testSpecifiers(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	context("Contains", func() {
		for _, c := range []struct{ specifiers, in, out string }{
			{"", "0 1.0 1.0+local", "1.0rc1"},
			{">=3.11,<4", "3.11 3.14.6", "3.10.9 4 4.0rc1"},
			{"<1.0", "0.9", "1.0rc1 1.0.dev1 1.0"},
			{"<1.0rc2", "0.9 1.0rc1", "1.0rc2 1.0"},
			{">1.0", "1.0.1 1.1", "1.0 1.0.post1 1.0+local"},
			{">1.0.post1", "1.0.post2 1.1", "1.0.post1+local 1.0.post1"},
			{"<=1.0", "1.0 1.0+local", "1.0.post1"},
			{"==1.0", "1.0 1 1.0.0 1.0+local", "1.0.1"},
			{"==1.0+local", "1.0+local", "1.0 1.0+other"},
			{"!=1.0", "1.1", "1.0 1.0+local"},
			{"==1.2.*", "1.2 1.2.9 1.2.0.post1", "1.20 1.2rc1"},
			{"!=1.2.*", "1.3", "1.2.9"},
			{"==1.0.*", "1", "1.1"},
			{"~=2.2", "2.2 2.9", "2.1 3.0"},
			{"~=2.2.0", "2.2.5", "2.3"},
			{"~=1!2.2.post3", "1!2.3", "1!2.2 2.3"},
			{"===1.0", "1.0", "1.0.0"},
			{">=1.0a1", "1.0a1 2.0rc1", "1.0.dev1"},
			{"!=1.0a1", "1.0", "2.0a1"},
		} {
			it("of "+c.specifiers, func() {
				s := specifiers(t, c.specifiers)
				for in := range strings.FieldsSeq(c.in) {
					Expect(s.Contains(version(t, in))).To(BeTrue(), in)
				}
				for out := range strings.FieldsSeq(c.out) {
					Expect(s.Contains(version(t, out))).To(BeFalse(), out)
				}
			})
		}

		it("takes pre-releases when told to", func() {
			Expect(specifiers(t, ">=1.0").ContainsPre(version(t, "2.0rc1"))).To(BeTrue())
			Expect(specifiers(t, "<2.0").ContainsPre(version(t, "2.0rc1"))).To(BeFalse())
		})
	})

	context("ParseSpecifiers", func() {
		for _, c := range []struct{ text, want string }{
			{"3.13", `"3.13" is not a version specifier: expected one of ===, ~=, ==, !=, <=, >=, <, > before the version`},
			{">=1, =>2", `"=>2" is not a version specifier: expected one of ===, ~=, ==, !=, <=, >=, <, > before the version`},
			{">=x", `">=x" is not a version specifier: "x" is not a version, such as 1.2.3 or 2.0rc1`},
			{">=1.*", `">=1.*" is not a version specifier: .* may only follow == or !=`},
			{"==1rc1.*", `"==1rc1.*" is not a version specifier: .* may only follow a release, such as ==1.2.*`},
			{">=1+cpu", `">=1+cpu" is not a version specifier: a local version (+cpu) may only follow == or !=`},
			{"~=3", `"~=3" is not a version specifier: ~= needs a release of two numbers or more, such as ~=3.0`},
			{"===", `"===" is not a version specifier: expected a version without blanks after ===`},
		} {
			it("refuses "+c.text, func() {
				_, err := pep440.ParseSpecifiers(c.text)
				Expect(err).To(MatchError(c.want))
			})
		}

		it("refuses megabytes of them", func() {
			_, err := pep440.ParseSpecifiers(strings.Repeat("!=1,", 5_000_000))
			Expect(err).To(MatchError(`"!=1,!=1,!=1,!=1,!=1,"… has more than 1000 parts`))
		})
	})

	context("Equal", func() {
		for _, c := range []struct {
			a, b string
			want bool
		}{
			{"", " , ", true},
			{">=1,<2", "< 2, >= 1", true},
			{"==1.0", "== 1.0.0", true},
			{">=2", ">=2.0", true},
			{"==1,==1.0", "==1", true},
			{"==v1.0.*", "== 1.0.*", true},
			{"===Foo", "===foo", true},
			{"~=2.0", "~=2.0.0", false},
			{"==1.*", "==1.0.*", false},
			{"==1.0+a", "==1.0", false},
			{">=1", ">1", false},
			{">=1", ">=1,<2", false},
		} {
			it("compares "+c.a+" with "+c.b, func() {
				Expect(specifiers(t, c.a).Equal(specifiers(t, c.b))).To(Equal(c.want))
				Expect(specifiers(t, c.b).Equal(specifiers(t, c.a))).To(Equal(c.want))
			})
		}
	})

	it("is written in its own order", func() {
		Expect(specifiers(t, " >= 3.11 , <4").String()).To(Equal(">=3.11,<4"))
	})
}
