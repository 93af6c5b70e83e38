package layer_test

import (
	"fmt"
	"testing"

	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/pep508"
)

// Planning is the last part of what happens before a download.
func BenchmarkPlan1000(b *testing.B) {
	var units []layer.Unit
	for i := range 1000 {
		name := fmt.Sprintf("package-%d", i)
		units = append(units, layer.Unit{Name: pep508.NewName(name), Size: int64(i%50) << 17, Roots: []string{name}, Dirs: []string{name}})
	}
	for b.Loop() {
		layer.Plan(units, true)
	}
}
