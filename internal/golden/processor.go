package golden

import (
	"syscall"
	"testing"
)

// Loop runs a benchmark's step and reports cpu-ms/op: the time that this process has had of all cores, the garbage collector's included.
// ns/op is what else runs on the machine, too.
func Loop(b *testing.B, step func()) {
	before := processor(b)
	for b.Loop() {
		step()
	}
	b.ReportMetric(float64(processor(b)-before)/1e6/float64(b.N), "cpu-ms/op")
}

// processor is that time in nanoseconds.
func processor(b *testing.B) int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}
