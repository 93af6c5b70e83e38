package install_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/lockstep/python/internal/command"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

func TestUnitInstall(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("install", spec.Report(report.Terminal{}))
	suite("App", testApp)
	suite("Bytecode", testBytecode)
	suite("CPython", testCPython)
	suite("Pip", testPip)
	suite("ELF", testELF)
	suite("Record", testRecord)
	suite("UV", testUV)
	suite("Venv", testVenv)
	suite.Run(t)
}

// tree writes files; a name that ends with a slash is a directory.
func tree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	Expect := NewWithT(t).Expect
	for name, text := range files {
		path := filepath.Join(dir, name)
		if name[len(name)-1] == '/' {
			Expect(os.MkdirAll(path, 0o755)).To(Succeed())
			continue
		}
		Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		Expect(os.WriteFile(path, []byte(text), 0o644)).To(Succeed())
	}
}

// remembered is a runner that only keeps the commands, and answers with what says.
func remembered(list *[]command.Command, says func(command.Command) error) command.Runner {
	return func(_ context.Context, c command.Command) error {
		*list = append(*list, c)
		return says(c)
	}
}
