package start_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitStart(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("start", spec.Report(report.Terminal{}))
	suite("Check", testCheck)
	suite("Programs", testPrograms)
	suite("Beside", testBeside)
	suite("Corpus", testCorpus)
	suite("Django", testDjango)
	suite("Lambda", testLambda)
	suite("Member", testMember)
	suite("Named", testNamed)
	suite("Names", testNames)
	suite("Program", testProgram)
	suite("Single", testSingle)
	suite("Source", testSource)
	suite("Wrapped", testWrapped)
	suite.Run(t)
}
