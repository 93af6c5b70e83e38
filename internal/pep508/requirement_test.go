package pep508_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

func testRequirement(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	it("has all its parts", func() {
		r, err := pep508.Parse(` Uvicorn [Standard, h2_x,standard] (>= 0.30, <1) ; python_version >= '3.11'`)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Name).To(Equal(pep508.Name("uvicorn")))
		Expect(r.Raw).To(Equal("Uvicorn"))
		Expect(r.Extras).To(Equal([]pep508.Name{"h2-x", "standard"}))
		wanted, err := pep440.ParseSpecifiers(">=0.30,<1")
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Specifiers.Equal(wanted)).To(BeTrue())
		Expect(r.URL).To(BeEmpty())
		Expect(r.Marker.String()).To(Equal(`python_version >= "3.11"`))
	})

	context("String", func() {
		for _, c := range []struct{ text, want string }{
			{"a", "a"},
			{"A.b", "A.b"},
			{"a[]", "a"},
			{"a >= 1 , < 2", "a>=1,<2"},
			{"a(==1.*)", "a==1.*"},
			{"a>=1,;os_name=='nt'", `a>=1; os_name == "nt"`},
			{"a[y,X]@https://files.example/a.whl ; os_name=='nt'", `a[x,y] @ https://files.example/a.whl ; os_name == "nt"`},
			{"a @ git+https://git.example/a;b", "a @ git+https://git.example/a;b"},
		} {
			it("of "+c.text, func() {
				r, err := pep508.Parse(c.text)
				Expect(err).NotTo(HaveOccurred())
				Expect(r.String()).To(Equal(c.want))
			})
		}
	})

	context("Parse", func() {
		for _, c := range []struct {
			text     string
			column   int
			expected string
		}{
			{"", 1, "the name of a package"},
			{"==1.0", 1, "the name of a package"},
			{"a b", 3, "a version specifier such as ==1.2, a semicolon before a marker, or the end"},
			{"a-", 2, "a version specifier such as ==1.2, a semicolon before a marker, or the end"},
			{"a_", 2, "a version specifier such as ==1.2, a semicolon before a marker, or the end"},
			{"a= ==1", 2, `a version specifier, but "= ==1" is not a version specifier: ` +
				"expected one of ===, ~=, ==, !=, <=, >=, <, > before the version"},
			{"naïve", 3, "a version specifier such as ==1.2, a semicolon before a marker, or the end"},
			{"a=>1", 2, `a version specifier, but "=>1" is not a version specifier: ` +
				"expected one of ===, ~=, ==, !=, <=, >=, <, > before the version"},
			{"a>=1, ==x", 7, `a version specifier, but "==x" is not a version specifier: "x" is not a version, such as 1.2.3 or 2.0rc1`},
			{"a>=1 <2", 6, "a semicolon before a marker, or the end"},
			{"a(>=1", 6, "a version specifier or ) to close the list"},
			{"a[x y]", 5, "a comma or ] after the extras"},
			{"a[x,]", 5, "the name of an extra"},
			{"a @ ", 5, "a URL after @"},
			{"a @ x y", 7, "a semicolon before a marker, or the end"},
			{"a; ", 4, "a marker variable such as python_version, or a quoted string"},
			{"a; python_version", 18, "one of ==, !=, <=, >=, <, >, ~=, ===, in, not in"},
		} {
			it("refuses "+c.text, func() {
				_, err := pep508.Parse(c.text)
				Expect(err).To(Equal(&pep508.SyntaxError{Text: c.text, Column: c.column, Expected: c.expected}))
			})
		}

		it("says all of it in one line", func() {
			_, err := pep508.Parse("a b")
			Expect(err).To(MatchError(
				`"a b", column 3: expected a version specifier such as ==1.2, a semicolon before a marker, or the end`))
		})
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"a", "a[x,y]>=1,<2;os_name=='nt'", "a @ https://files.example/a.whl ; extra == 'x'", "a(===1)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := pep508.Parse(text)
		if err != nil {
			return
		}
		again, err := pep508.Parse(r.String())
		if err != nil || again.String() != r.String() {
			t.Errorf("%q is written as %q, which reads as %q, %v", text, r.String(), again.String(), err)
		}
	})
}
