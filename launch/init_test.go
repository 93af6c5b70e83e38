package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

// helper is the built program: only a process of its own can become another one.
var helper string

func TestUnitLaunch(t *testing.T) {
	format.MaxLength = 0

	helper = filepath.Join(t.TempDir(), "launch")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", helper, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the helper: %v\n%s", err, out)
	}

	suite := spec.New("launch", spec.Report(report.Terminal{}))
	suite("Binary", testBinary)
	suite("Environment", testEnvironment)
	suite("Debug", testDebug)
	suite("Execute", testExecute)
	suite("Supervise", testSupervise)
	suite.Run(t)
}
