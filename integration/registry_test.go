package integration_test

import (
	"encoding/json"
	"io/fs"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// registry serves an image registry on the loopback device and gives its address and the directory of its blobs.
func registry(t *testing.T) (string, string) {
	t.Helper()
	g := NewWithT(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	g.Expect(err).NotTo(HaveOccurred())
	address, disk := listener.Addr().String(), t.TempDir()
	g.Expect(listener.Close()).To(Succeed())
	cmd := exec.Command(filepath.Join(cache, "tools", "crane"), "registry", "serve", "--address", address, "--disk", disk)
	g.Expect(cmd.Start()).To(Succeed())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	g.Eventually(func() error {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			err = connection.Close()
		}
		return err
	}).WithTimeout(10 * time.Second).Should(Succeed())
	return address, disk
}

func crane(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(filepath.Join(cache, "tools", "crane"), args...).Output()
	if err != nil {
		t.Fatalf("crane %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// publishedLayers is layers for an image that is only in a registry.
func publishedLayers(t *testing.T, image string) map[string]string {
	t.Helper()
	var config struct {
		Config struct{ Labels map[string]string }
	}
	if err := json.Unmarshal([]byte(crane(t, "config", image)), &config); err != nil {
		t.Fatal(err)
	}
	return readLayers(t, config.Config.Labels["io.buildpacks.lifecycle.metadata"])
}

// stored is how many bytes a directory holds.
func stored(t *testing.T, dir string) int64 {
	t.Helper()
	var bytes int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// A registry and no cache volume is what kpack, Tekton and most CI have: reuse must need the previous image alone.
func testRegistry(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("reuses every layer of the previous image without a cache, and pushes only what changed", func() {
		address, blobs := registry(t)
		run := address + "/run:local"
		docker(t, "tag", runImage, run)
		t.Cleanup(func() { docker(t, "image", "rm", run) })
		docker(t, "push", "--quiet", run)

		a := fixture(t, "hashed")
		a.image = address + "/it-" + a.key
		publish := func() log {
			a.dropVolumes()
			return a.mustBuild("--publish", "--run-image", run)
		}
		all := publish().exported("Adding")
		Expect(all).To(HaveLen(7))
		digest, before, bytes := crane(t, "digest", a.image), publishedLayers(t, a.image), stored(t, blobs)

		l := publish()
		Expect(l.exported("Reusing")).To(Equal(all))
		Expect(l.exported("Adding")).To(BeEmpty())
		Expect(crane(t, "digest", a.image)).To(Equal(digest))
		Expect(stored(t, blobs)).To(Equal(bytes))

		write(t, a.dir, map[string]string{"main.py": "print('changed')\n"})
		Expect(publish().exported("Adding")).To(Equal([]string{"app-bytecode"}))
		Expect(changed(before, publishedLayers(t, a.image))).To(Equal([]string{"app", "app-bytecode"}))
		Expect(stored(t, blobs)-bytes).To(BeNumerically("<", 100_000), "bytes that a change of code moves")
	})
}
