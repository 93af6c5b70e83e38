package lock_test

import (
	"os"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/lockstep/python/internal/lock"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testPyJSON(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for file, dense := range map[string]bool{"default.json": false, "compact.json": true} {
		it("writes what Python wrote into "+file, func() {
			var values map[string]any
			_, err := toml.DecodeFile("testdata/pyjson/values.toml", &values)
			Expect(err).NotTo(HaveOccurred())
			want, err := os.ReadFile("testdata/pyjson/" + file)
			Expect(err).NotTo(HaveOccurred())
			Expect(lock.PyJSON(values, dense)).To(Equal(string(want)))
		})
	}

	it("writes what TOML cannot say", func() {
		Expect(lock.PyJSON(map[string]any{"missing": nil}, false)).To(Equal(`{"missing": null}`))
	})

	it("refuses a type that Python refuses", func() {
		_, err := lock.PyJSON([]any{time.Time{}}, false)
		Expect(err).To(MatchError(ContainSubstring("time.Time")))
	})
}
