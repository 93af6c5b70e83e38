package command_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestCommand(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("command", spec.Report(report.Terminal{}))
	suite("Run", testRun)
	suite.Run(t)
}
