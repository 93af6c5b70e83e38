package start_test

import (
	"flag"
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestUnitStart(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("start", spec.Report(report.Terminal{}))
	suite("Check", testCheck)
	suite("Corpus", testCorpus)
	suite("Lambda", testLambda)
	suite("Member", testMember)
	suite("Named", testNamed)
	suite("Names", testNames)
	suite("Single", testSingle)
	suite("Source", testSource)
	suite("Wrapped", testWrapped)
	suite.Run(t)
}
