package process_test

import (
	"flag"
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestUnitProcess(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("process", spec.Report(report.Terminal{}))
	suite("LiveReload", testLiveReload)
	suite("Command", testCommand)
	suite("Procfile", testProcfile)
	suite("Test", testTest)
	suite("Standard", testStandard)
	suite.Run(t)
}
