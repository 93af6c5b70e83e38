package dependency_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestDependency(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("dependency", spec.Report(report.Terminal{}))
	suite("Pins", testPins)
	suite("Locate", testLocate)
	suite("Redact", testRedact)
	suite("Fetch", testFetch)
	suite("FetchFile", testFetchFile)
	suite("FetchFailures", testFetchFailures)
	suite.Run(t)
}
