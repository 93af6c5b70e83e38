package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"

	. "github.com/onsi/gomega"
)

func TestBundle(t *testing.T) {
	format.MaxLength = 0
	dir := t.TempDir()
	program := filepath.Join(dir, "bundle")
	output, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput()
	NewWithT(t).Expect(err).NotTo(HaveOccurred(), string(output))

	suite := spec.New("bundle", spec.Report(report.Terminal{}))
	suite("Bundle", func(t *testing.T, when spec.G, it spec.S) { testBundle(t, program, it) })
	suite.Run(t)
}

// tree reads all files under a directory: path → mode and content.
func tree(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	NewWithT(t).Expect(filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = info.Mode().String() + " " + string(content)
		return err
	})).To(Succeed())
	return files
}
