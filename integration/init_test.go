// Package integration builds apps with the real pack and lifecycle and runs their images in Docker, as an owner does. Each spec
// has an app dir, an image and cache volumes of its own, and all of it is gone when the spec ends. It needs what
// scripts/builder.sh makes; scripts/test.sh integration runs both.
package integration_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

var (
	update  = flag.Bool("update", false, "rewrite the golden files")
	points  = flag.Int("points", 2, "how many times to disturb a build, and on how many different machines to build")
	builder = flag.String("builder", "lockstep/builder:local", "the builder image to test with")
)

const (
	runImage = "lockstep/run:local"
	scripts  = "../scripts"
	cache    = "../build/.cache"
)

// index and files are the package index's URL and the host of its files. They stand in uv's words, and never in a golden file.
var index, files string

func TestIntegration(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs images for minutes")
	}
	format.MaxLength = 0
	if out, err := exec.Command("docker", "image", "inspect", *builder, runImage).CombinedOutput(); err != nil {
		t.Fatalf("the images to test with are not there, run scripts/builder.sh: %v\n%s", err, out)
	}
	index, files = hosts(t)

	suite := spec.New("integration", spec.Report(report.Terminal{}), spec.Parallel())
	suite("Samples", testSamples)
	suite("Start", testStart)
	suite("Compiled", testCompiled)
	suite("Queues", testQueues)
	suite("Launch", testLaunch)
	suite("Hostile", testHostile)
	suite("Graceful", testGraceful)
	suite("Locks", testLocks)
	suite("Unlocked", testUnlocked)
	suite("Reuse", testReuse)
	suite("Registry", testRegistry)
	suite("SameBytes", testSameBytes)
	suite("Python", testPython)
	suite("Messages", testMessages)
	suite("Failure", testFailure)
	suite("Crash", testCrash)
	suite("Machines", testMachines)
	suite("DiskFull", testDiskFull)
	suite("Mirror", testMirror)
	suite("Plan", testPlan)
	suite("PrivateIndex", testPrivateIndex)
	suite("Static", testStatic)
	suite("Develop", testDevelop)
	suite("Sources", testSources)
	suite("Git", testGit)
	suite.Run(t)
}

// hosts has a script say what it puts in the place of the samples' placeholders.
func hosts(t *testing.T) (string, string) {
	from, to := t.TempDir(), t.TempDir()
	write(t, from, map[string]string{"hosts.txt": "@INDEX@\n@FILES@\n"})
	materialize(t, from, to)
	text, err := os.ReadFile(filepath.Join(to, "hosts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	return lines[0], lines[1]
}
