package process_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitProcess(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("process", spec.Report(report.Terminal{}))
	suite("LiveReload", testLiveReload)
	suite("Command", testCommand)
	suite("Procfile", testProcfile)
	suite("Programs", testPrograms)
	suite("Test", testTest)
	suite("Standard", testStandard)
	suite.Run(t)
}
