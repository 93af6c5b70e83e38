package archive_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestArchive(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("archive", spec.Report(report.Terminal{}))
	suite("Unpack", testUnpack)
	suite("Refusals", testRefusals)
	suite.Run(t)
}
