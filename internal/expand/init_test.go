package expand_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitExpand(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("expand", spec.Report(report.Terminal{}))
	suite("Encoding", testEncoding)
	suite.Run(t)
}
