package main

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestDetect(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("detect", spec.Report(report.Terminal{}))
	suite("Detect", testDetect)
	suite.Run(t)
}
