package wheel_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestWheel(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("wheel", spec.Report(report.Terminal{}))
	suite("Rank", testRank)
	suite("Oracle", testOracle)
	suite("Glibc", testGlibc)
	suite.Run(t)
}
