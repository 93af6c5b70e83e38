package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// pack does not let anybody mount over the layers, so this runs the build binary as the lifecycle does (CNB spec, buildpack.md,
// "Build"), with layers on a small disk.
const buildPhase = `exec 2>&1 # in one order
export CNB_BUILDPACK_DIR=$(dirname $(dirname /cnb/buildpacks/lockstep_python/*/bin/build))
export CNB_LAYERS_DIR=/layers/lockstep_python CNB_PLATFORM_DIR=/tmp/platform CNB_BP_PLAN_PATH=/tmp/plan.toml
export CNB_TARGET_OS=linux CNB_TARGET_ARCH=$1 CNB_TARGET_DISTRO_NAME=debian CNB_TARGET_DISTRO_VERSION=12
mkdir -p $CNB_LAYERS_DIR $CNB_PLATFORM_DIR/env
touch $CNB_BP_PLAN_PATH
cd /workspace
$CNB_BUILDPACK_DIR/bin/build
status=$?
echo left:
ls -A $CNB_LAYERS_DIR | grep -e '\.toml$' -e scratch
exit $status
`

func testDiskFull(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// What runs out of space depends on how much there is: the archive of CPython, its files, uv's, the packages, the bytecode.
	for _, megabytes := range []string{"20", "50", "120", "158", "170"} {
		it("says that a disk of "+megabytes+" MB is full and leaves no layer behind", func() {
			a := sample(t, "fastapi")
			Expect(filepath.WalkDir(a.dir, func(path string, _ os.DirEntry, err error) error {
				if err != nil {
					return err
				}
				return os.Chown(path, 1001, 1000)
			})).To(Succeed())
			Expect(os.Chmod(filepath.Dir(a.dir), 0o755)).To(Succeed())
			arch, err := exec.Command("docker", "image", "inspect", "--format", "{{.Architecture}}", *builder).Output()
			Expect(err).NotTo(HaveOccurred())
			cmd := exec.Command("docker", "run", "--rm", "--network", "host", "--volume", a.dir+":/workspace",
				"--tmpfs", "/layers:exec,uid=1001,gid=1000,mode=755,size="+megabytes+"m",
				"--entrypoint", "bash", *builder, "-c", buildPhase, "build", strings.TrimSpace(string(arch)))
			out, err := cmd.CombinedOutput()
			Expect(err).To(HaveOccurred(), string(out))
			Expect(string(out)).To(MatchRegexp(`(?m)^Error: the disk( of the build)? is full`))
			Expect(string(out)).To(MatchRegexp(`  fix: .*(space|volume)`))
			Expect(string(out)).To(HaveSuffix("left:\n"))
		})
	}
}
