package decode_test

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"

	"github.com/lockstep/python/internal/decode"
)

func TestUnitDecode(t *testing.T) {
	suite := spec.New("decode", spec.Report(report.Terminal{}))
	suite("TOML", testTOML)
	suite("Plain", testPlain)
	suite.Run(t)
}

func testTOML(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("reads a document", func() {
		var v struct{ A []string }
		Expect(decode.TOML([]byte("a = [\n  \"[[[\", # [[[\n  '''\n]]]'''\n]\n"), &v)).To(Succeed())
		Expect(v.A).To(Equal([]string{"[[[", "]]]"}))
	})

	for _, text := range []string{
		"\na = " + strings.Repeat("[", 20_000_000),
		"\na = " + strings.Repeat("{a=", 20_000_000),
		"\n" + strings.Repeat("a.", 20_000_000) + "a = 1",
		"\n[" + strings.Repeat("a .", 300) + "a]",
		"\na = [" + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "]",
	} {
		it("refuses nesting that would overflow the stack or never end: "+text[:8], func() {
			var v map[string]any
			Expect(decode.TOML([]byte(text), &v)).To(MatchError("line 2: brackets, or the parts of a name, are nested deeper than 200"))
		})
	}

	it("reads many dots that are no name's", func() {
		var v map[string]any
		Expect(decode.TOML([]byte("a = ["+strings.Repeat("1.5,", 300)+"]\nb.c.d = 1\ne = \""+strings.Repeat("a.", 300)+"\"\nf = \"\"\"\n"+strings.Repeat(".", 300)+"\"\"\"\n"), &v)).To(Succeed())
	})

	it("reads many tables, none in another", func() {
		var v map[string]any
		Expect(decode.TOML([]byte(strings.Repeat("[[a]]\n", 1000)+"b = ["+strings.Repeat("[],", 1000)+"]"), &v)).To(Succeed())
	})
}
