package python_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestPython(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("python", spec.Report(report.Terminal{}))
	suite("Resolve", testResolve)
	suite("Messages", testMessages)
	suite("ReadVersionFile", testReadVersionFile)
	suite.Run(t)
}
