package lock_test

import (
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitLock(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("lock", spec.Report(report.Terminal{}))
	suite("Built", testBuilt)
	suite("Golden", testGolden)
	suite("PDMAndPipfile", testPDMAndPipfile)
	suite("ReadPDM", testReadPDM)
	suite("ReadPipfile", testReadPipfile)
	suite("CheckUV", testCheckUV)
	suite("Declared", testDeclared)
	suite("Credentials", testCredentials)
	suite("Poetry", testPoetry)
	suite("PyJSON", testPyJSON)
	suite("Requirements", testRequirements)
	suite("Pylock", testPylock)
	suite("Select", testSelect)
	suite.Run(t)
}
