package failure_test

import (
	"errors"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/failure"
)

func testError(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		name string
		err  failure.Error
		want string
	}{
		{"all parts", failure.Error{What: "it broke", Where: "uv.lock, line 3", Fix: "mend it"}, "it broke\n  where: uv.lock, line 3\n  fix: mend it"},
		{"what happened alone", failure.Error{What: "it broke"}, "it broke"},
		{"a fix without a place", failure.Error{What: "it broke", Fix: "mend it"}, "it broke\n  fix: mend it"},
		{"a fix of two lines", failure.Error{What: "it broke", Fix: "mend it:\nrun this"}, "it broke\n  fix: mend it:\n       run this"},
		{"places below each other", failure.Error{What: "it broke", Where: "a\nb"}, "it broke\n  where: a\n         b"},
		{"more than a log can show", failure.Error{What: strings.Repeat("é", 10_000_000), Fix: "mend it"}, strings.Repeat("é", 5000) + "…\n  fix: mend it"},
		{"a cause, which is not printed", failure.Error{What: "it broke", Err: errors.New("secret")}, "it broke"},
	} {
		it("renders "+c.name, func() { Expect(c.err.Error()).To(Equal(c.want)) })
	}

	it("gives the cause to those who look for it", func() {
		cause := errors.New("cause")
		Expect(errors.Is(&failure.Error{What: "it broke", Err: cause}, cause)).To(BeTrue())
		Expect((&failure.Error{What: "it broke"}).Unwrap()).To(BeNil())
	})
}
