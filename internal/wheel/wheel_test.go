package wheel_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/wheel"
)

func testRank(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	intel := wheel.Interpreter{Minor: 14, Machine: "x86_64", Glibc: 36}
	arm := wheel.Interpreter{Minor: 12, Machine: "aarch64", Glibc: 36}

	// Each list is in the order in which the wheels are preferred.
	for _, c := range []struct {
		name   string
		who    wheel.Interpreter
		wheels []string
	}{
		{"the own ABI, then the stable one of newer minors, then pure ones", intel, []string{
			"x-1-cp314-cp314-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
			"x-1-cp314-abi3-manylinux_2_17_x86_64.whl",
			"x-1-cp311-abi3-manylinux_2_17_x86_64.whl",
			"x-1-cp37-abi3-manylinux_2_28_x86_64.whl",
			"x-1-py3-none-manylinux_2_28_x86_64.whl",
			"x-1-cp314-none-any.whl",
			"x-1-py314-none-any.whl",
			"x-1-py2.py3-none-any.whl",
			"x-1-py310-none-any.whl",
		}},
		{"newer platforms, and those of no standard last", arm, []string{
			"x-1-cp312-cp312-manylinux_2_36_aarch64.whl",
			"x-1-cp312-cp312-manylinux_2_28_aarch64.whl",
			"x-1-cp312-cp312-manylinux_2_17_aarch64.whl",
			"x-1-cp312-cp312-manylinux2014_aarch64.whl",
			"x-1-cp312-cp312-linux_aarch64.whl",
		}},
		{"the higher build, after the tag", intel, []string{
			"x-1-20240131-cp314-cp314-linux_x86_64.whl",
			"x-1-1000-cp314-cp314-linux_x86_64.whl",
			"x-1-2b-cp314-cp314-linux_x86_64.whl",
			"x-1-cp314-cp314-linux_x86_64.whl",
			"x-1-99999999999999999999999-py3-none-any.whl",
			"x-1-7-py3-none-any.whl",
			"x-1-py3-none-any.whl",
		}},
		{"local versions like others", intel, []string{
			"torch-2.9.1+cpu-cp314-cp314-manylinux_2_28_x86_64.whl",
			"torch-2.9.1+cpu-cp314-cp314-linux_x86_64.whl",
		}},
	} {
		it("prefers "+c.name, func() {
			tags := c.who.Tags()
			last := 0
			for i, name := range c.wheels {
				rank, ok := tags.Rank(name)
				Expect(ok).To(BeTrue(), name)
				if i > 0 {
					Expect(rank).To(BeNumerically(">", last), name)
				}
				last = rank
			}
		})
	}

	for _, name := range []string{
		"x-1-cp314-cp314-manylinux_2_37_x86_64.whl", // a newer glibc
		"x-1-cp314-cp314-manylinux_2_17_aarch64.whl",
		"x-1-cp314-cp314-musllinux_1_2_x86_64.whl",
		"x-1-cp314-cp314t-manylinux_2_17_x86_64.whl", // free-threaded
		"x-1-cp314t-abi3t-manylinux_2_17_x86_64.whl",
		"x-1-cp313-cp313-manylinux_2_17_x86_64.whl",
		"x-1-cp315-abi3-manylinux_2_17_x86_64.whl",
		"x-1-py315-none-any.whl",
		"x-1-py2-none-any.whl",
		"x-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl",
		"x-1-cp314-cp314-win_amd64.whl",
		"x-1.tar.gz",
		"",
	} {
		it("does not take "+name, func() {
			_, ok := intel.Tags().Rank(name)
			Expect(ok).To(BeFalse())
		})
	}
}

func testGlibc(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	it("agrees with getconf", func() {
		out, err := exec.Command("/usr/bin/getconf", "GNU_LIBC_VERSION").Output()
		if err != nil {
			t.Skip("this is no system with glibc and getconf")
		}
		minor, err := wheel.Glibc("/")
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.TrimSpace(string(out))).To(Equal(fmt.Sprintf("glibc 2.%d", minor)))
	})

	it("says that there is none", func() {
		root := t.TempDir()
		_, err := wheel.Glibc(root)
		Expect(err).To(MatchError("looking for the C library: no libc.so.6 under " + filepath.Join(root, "lib*")))
	})

	it("says that it is broken", func() {
		root := t.TempDir()
		path := filepath.Join(root, "usr", "lib", "x86_64-linux-gnu", "libc.so.6")
		Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		Expect(os.WriteFile(path, []byte("no ELF"), 0o644)).To(Succeed())
		_, err := wheel.Glibc(root)
		Expect(err).To(MatchError(HavePrefix("reading " + path + ": ")))
	})
}
