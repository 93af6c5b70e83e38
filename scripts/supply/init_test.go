package main_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"

	. "github.com/onsi/gomega"
)

func TestSupply(t *testing.T) {
	format.MaxLength = 0
	program := filepath.Join(t.TempDir(), "supply")
	output, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput()
	NewWithT(t).Expect(err).NotTo(HaveOccurred(), string(output))

	suite := spec.New("supply", spec.Report(report.Terminal{}))
	suite("Supply", func(t *testing.T, when spec.G, it spec.S) { testSupply(t, program, it) })
	suite.Run(t)
}
