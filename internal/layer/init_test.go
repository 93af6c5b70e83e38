package layer_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestLayer(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("layer", spec.Report(report.Terminal{}))
	suite("Borrow", testBorrow)
	suite("Plan", testPlan)
	suite("Properties", testProperties)
	suite.Run(t)
}
