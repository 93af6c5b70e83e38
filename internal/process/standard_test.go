package process_test

import (
	"testing"

	"github.com/lockstep/python/internal/process"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testStandard(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("offers an interpreter and a shell, neither as the default", func() {
		Expect(process.WithStandard(nil)).To(Equal([]process.Process{
			{Type: "python", Command: []string{"python"}},
			{Type: "shell", Command: []string{"bash"}, Shell: true},
		}))
	})

	it("leaves a process of the same type alone", func() {
		own := []process.Process{{Type: "shell", Command: []string{"ipython"}, Default: true}}
		Expect(process.WithStandard(own)).To(Equal([]process.Process{
			{Type: "shell", Command: []string{"ipython"}, Default: true},
			{Type: "python", Command: []string{"python"}},
		}))
	})
}
