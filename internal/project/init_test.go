package project_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestProject(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("project", spec.Report(report.Terminal{}))
	suite("Scan", testScan)
	suite.Run(t)
}
