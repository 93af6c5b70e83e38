package defaults_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitDefaults(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("defaults", spec.Report(report.Terminal{}))
	suite("Defaults", testDefaults)
	suite("Limits", testLimits)
	suite.Run(t)
}
