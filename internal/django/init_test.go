package django_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitDjango(t *testing.T) {
	format.MaxLength = 0
	suite := spec.New("django", spec.Report(report.Terminal{}))
	suite("Find", testFind)
	suite("Digest", testDigest)
	suite("Failure", testFailure)
	suite.Run(t)
}
