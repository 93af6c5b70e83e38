package config_test

import (
	"flag"
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

var update = flag.Bool("update", false, "write the settings of README.md anew")

func TestConfig(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("config", spec.Report(report.Terminal{}))
	suite("Parse", testParse)
	suite("Markdown", testMarkdown)
	suite.Run(t)
}
