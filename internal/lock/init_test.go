package lock_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

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

// golden compares a text with dir/want.
func golden(t *testing.T, dir, got string) {
	t.Helper()
	Expect := NewWithT(t).Expect
	name := filepath.Join(dir, "want")
	if *update {
		Expect(os.WriteFile(name, []byte(got), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(name)
	Expect(err).NotTo(HaveOccurred())
	Expect(got).To(Equal(string(want)))
}
