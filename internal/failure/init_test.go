package failure_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestFailure(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("failure", spec.Report(report.Terminal{}))
	suite("Error", testError)
	suite.Run(t)
}
