package expand_test

import (
	"testing"

	"github.com/lockstep/python/internal/expand"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

var encodings = []struct {
	encoded string
	parts   []expand.Part
}{
	{"gunicorn", []expand.Part{{Text: "gunicorn"}}},
	{"$$HOME", []expand.Part{{Text: "$HOME"}}},
	{"a$$$$b", []expand.Part{{Text: "a$$b"}}},
	{"$${PORT}", []expand.Part{{Text: "${PORT}"}}},
	{"${PORT}", []expand.Part{{Name: "PORT"}}},
	{"$(ARGS)", []expand.Part{{Name: "ARGS", Split: true}}},
	{"0.0.0.0:${PORT}", []expand.Part{{Text: "0.0.0.0:"}, {Name: "PORT"}}},
	{"${HOST}:${PORT}/x", []expand.Part{{Name: "HOST"}, {Text: ":"}, {Name: "PORT"}, {Text: "/x"}}},
	{"${PORT:-8000}", []expand.Part{{Name: "PORT", Default: "8000"}}},
	{"${PORT-8000}", []expand.Part{{Name: "PORT", Default: "8000", KeepEmpty: true}}},
	{"$(ARGS:--k asgi)", []expand.Part{{Name: "ARGS", Default: "-k asgi", Split: true}}},
	{"$(ARGS--k asgi)", []expand.Part{{Name: "ARGS", Default: "-k asgi", Split: true, KeepEmpty: true}}},
	{"${A:-$$$}$)}", []expand.Part{{Name: "A", Default: "$})"}}},
	{"$(A:-$$$}$))", []expand.Part{{Name: "A", Default: "$})", Split: true}}},
	{"größe=${GRÖ", []expand.Part{{Text: "größe=${GRÖ"}}},
}

func testEncoding(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	context("Decode", func() {
		for _, c := range encodings {
			it("reads "+c.encoded, func() { Expect(expand.Decode(c.encoded)).To(Equal(c.parts)) })
		}
		it("takes a dollar sign that begins nothing as it is", func() {
			for _, word := range []string{"$", "5$", "$5", "${", "${}", "$()", "${1}", "${A", "${A:", "${A:-b", "${A)", "${A+b}", "$(A b)"} {
				Expect(expand.Decode(word)).To(Equal([]expand.Part{{Text: word}}), word)
			}
		})
		it("gives nothing for an empty word", func() { Expect(expand.Decode("")).To(BeEmpty()) })
	})

	context("Encode", func() {
		for _, c := range encodings[:len(encodings)-1] {
			it("writes "+c.encoded, func() { Expect(expand.Encode(c.parts)).To(Equal(c.encoded)) })
		}
	})

	context("Words", func() {
		lookup := func(name string) (string, bool) {
			value, ok := map[string]string{
				"PORT": "8080", "EMPTY": "", "ARGS": " -k  asgi\t--preload\n", "STAR": "*", "BYTES": "\xff a", "DOLLAR": "${PORT}",
			}[name]
			return value, ok
		}
		for _, c := range []struct {
			word string
			want []string
		}{
			{"", []string{""}},
			{"plain", []string{"plain"}},
			{"0.0.0.0:${PORT}", []string{"0.0.0.0:8080"}},
			{"0.0.0.0:$(PORT)", []string{"0.0.0.0:8080"}},
			{"${ARGS}", []string{" -k  asgi\t--preload\n"}},
			{"$(ARGS)", []string{"-k", "asgi", "--preload"}},
			{"a$(ARGS)b", []string{"a", "-k", "asgi", "--preload", "b"}},
			{"$(ARGS)${EMPTY}", []string{"-k", "asgi", "--preload", ""}},
			{"${EMPTY}", []string{""}},
			{"$(EMPTY)", nil},
			{"$(MISSING)$(EMPTY)", nil},
			{"$(EMPTY)${EMPTY}", []string{""}},
			{"${EMPTY:-x y}", []string{"x y"}},
			{"$(EMPTY:-x y)", []string{"x", "y"}},
			{"${EMPTY-x}", []string{""}},
			{"${MISSING-x}", []string{"x"}},
			{"$(STAR)", []string{"*"}},
			{"$(BYTES)", []string{"\xff", "a"}},
			{"${DOLLAR}", []string{"${PORT}"}},
			{"$$", []string{"$"}},
		} {
			it("gives the arguments of "+c.word, func() {
				Expect(expand.Words([]string{c.word}, lookup)).To(Equal(c.want))
			})
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, c := range encodings {
		f.Add(c.encoded)
	}
	f.Fuzz(func(t *testing.T, word string) {
		parts := expand.Decode(word)
		NewWithT(t).Expect(expand.Decode(expand.Encode(parts))).To(HaveLen(len(parts)))
		again := expand.Decode(expand.Encode(parts))
		for i, p := range parts {
			// An empty default is no default: both spellings mean the same.
			p.KeepEmpty = p.KeepEmpty && p.Default != ""
			NewWithT(t).Expect(again[i]).To(Equal(p))
		}
	})
}
