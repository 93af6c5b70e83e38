package main_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitBuild(t *testing.T) {
	format.MaxLength = 0
	suite := spec.New("build", spec.Report(report.Terminal{}))
	suite("Build", testBuild)
	suite("Read", testRead)
	suite("Wheels", testWheels)
	suite("VersionFile", testVersionFile)
	suite("Formats", testFormats)
	suite.Run(t)
}
