package pep440_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestPEP440(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("pep440", spec.Report(report.Terminal{}))
	suite("Version", testVersion)
	suite("Specifiers", testSpecifiers)
	suite("Oracle", testOracle)
	suite.Run(t)
}
