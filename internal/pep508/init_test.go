package pep508_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestPEP508(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("pep508", spec.Report(report.Terminal{}))
	suite("Name", testName)
	suite("Requirement", testRequirement)
	suite("Marker", testMarker)
	suite("Oracle", testOracle)
	suite.Run(t)
}
