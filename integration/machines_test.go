package integration_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// machineBuild is the build phase on a machine that is described by its environment, and the digest of what it makes.
const machineBuild = `
off=$(($(date +%s) - NOW))
[ ${off#-} -lt 3600 ] || { echo "the clock is off by $off s"; exit 1; }
umask $UMASK
export CNB_BUILDPACK_DIR=$(dirname $(dirname /cnb/buildpacks/lockstep_python/*/bin/build))
export CNB_LAYERS_DIR=/layers/lockstep_python CNB_PLATFORM_DIR=/tmp/platform CNB_BP_PLAN_PATH=/tmp/plan.toml
export CNB_TARGET_OS=linux CNB_TARGET_ARCH=$1 CNB_TARGET_DISTRO_NAME=debian CNB_TARGET_DISTRO_VERSION=12
mkdir -p $CNB_LAYERS_DIR $CNB_PLATFORM_DIR/env $TMPDIR
touch $CNB_BP_PLAN_PATH
cp -r /source/. /workspace/
cd /workspace
$CNB_BUILDPACK_DIR/bin/build >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
cd $CNB_LAYERS_DIR
for layer in */; do
  echo "$layer $(tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -cf - $layer | sha256sum)"
done
`

// machine is what may differ from one build machine to another.
func machine(t *testing.T, r *rand.Rand) []string {
	t.Helper()
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	user := pick("1001:1000", "2000:3000", "4711:0")
	uid, gid, _ := strings.Cut(user, ":")
	disk := fmt.Sprintf("exec,mode=755,uid=%s,gid=%s", uid, gid)
	days, _ := strconv.Atoi(pick("-1", "0", "10"))
	return append(clock(t, days), "--user", user, "--tmpfs", "/layers:"+disk, "--tmpfs", "/workspace:"+disk, "--cpuset-cpus", pick("0", "0-1"),
		"--env", "UMASK="+pick("022", "077", "002"), "--env", "TZ="+pick("UTC", "Asia/Tokyo", "America/New_York"), "--env", "LC_ALL="+pick("C", "C.UTF-8", "POSIX", "tr_TR.UTF-8"),
		"--env", "PYTHONHASHSEED="+pick("0", "7", "random"), "--env", "TMPDIR="+pick("/tmp/a", "/tmp/another place"), "--env", "GOMAXPROCS="+pick("1", "4"),
		"--env", "SOURCE_DATE_EPOCH="+pick("1", "1700000000"), "--env", "HOME="+pick("/tmp", "/nonexistent"), "--env", "UV_CONCURRENT_DOWNLOADS="+pick("1", "50"))
}

// clock shifts the clock of every program that uses the C library: CPython, uv, build backends. What is written in Go is not
// reached; a unit test of build shows that its layers do not depend on the time. Certificates have to be valid on that day.
func clock(t *testing.T, days int) []string {
	t.Helper()
	library, err := filepath.Glob("/usr/lib/*/faketime/libfaketime.so.1")
	if err != nil || len(library) == 0 {
		t.Fatal("libfaketime is not there, run scripts/setup.sh")
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"preload": "/clock.so\n", "shift": fmt.Sprintf("%+dd\n", days)})
	return []string{"--volume", library[0] + ":/clock.so:ro", "--volume", dir + "/preload:/etc/ld.so.preload:ro", "--volume", dir + "/shift:/etc/faketimerc:ro",
		"--env", "DONT_FAKE_MONOTONIC=1", "--env", fmt.Sprintf("NOW=%d", time.Now().AddDate(0, 0, days).Unix())}
}

func testMachines(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// sameOnAny builds an app on different machines.
	sameOnAny := func(app func() *app) string {
		t.Helper()
		arch, err := exec.Command("docker", "image", "inspect", "--format", "{{.Architecture}}", *builder).Output()
		Expect(err).NotTo(HaveOccurred())
		r := rand.New(rand.NewPCG(uint64(*points), 7))
		want := ""
		for range *points {
			a := app()
			shuffled := t.TempDir()
			Expect(copyShuffled(r, a.dir, shuffled)).To(Succeed())
			Expect(os.Chmod(filepath.Dir(shuffled), 0o755)).To(Succeed())
			flags := machine(t, r)
			args := append([]string{"run", "--rm", "--network", "host", "--volume", shuffled + ":/source:ro"}, flags...)
			out := docker(t, append(args, "--entrypoint", "bash", *builder, "-c", machineBuild, "build", strings.TrimSpace(string(arch)))...)
			if want == "" {
				want = out
			}
			Expect(out).To(Equal(want), strings.Join(flags, " "))
		}
		return want
	}

	const any = " as any user, on any number of cores, with any clock, umask, locale, time zone, hash seed and temporary directory"
	it("makes the same layers"+any, func() {
		Expect(sameOnAny(func() *app { return sample(t, "fastapi") })).To(ContainSubstring("pkg-pydantic-core/ "))
	})

	it("makes the same layer of a package that is built from source"+any, func() {
		Expect(sameOnAny(func() *app { return newApp(t, sdist) })).To(ContainSubstring("packages-"))
	})
}

// copyShuffled copies files in any order, which is the order in which many file systems list them.
func copyShuffled(r *rand.Rand, from, to string) error {
	var names []string
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	})
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		if err != nil {
			return err
		}
		var data []byte
		rel, _ := filepath.Rel(from, name)
		if data, err = os.ReadFile(name); err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, rel), data, 0o644)
		}
	}
	return err
}
