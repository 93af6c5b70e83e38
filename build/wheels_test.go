package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/paketo-buildpacks/packit/v2"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/command"
)

func testWheels(t *testing.T, context spec.G, it spec.S) {
	var (
		m      *machine
		listed string   // what uv was asked to install last
		built  []string // files that uv leaves in its cache
	)

	lockOf := func(packages ...string) {
		m.uvLock(packages...)
		path := filepath.Join(m.app, "uv.lock")
		data, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		text := strings.Replace(string(data), "wheels = [{ url = \"https://files.example/click-8.1.0-py3-none-any.whl\"", "sdist = { url = \"https://files.example/click-8.1.0.tar.gz\"", 1)
		at := strings.Index(text, "click-8.1.0.tar.gz")
		Expect(at).To(BeNumerically(">", 0))
		text = text[:at] + strings.Replace(text[at:], "}]", "}", 1)
		Expect(os.WriteFile(path, []byte(text), 0o644)).To(Succeed())
	}
	it.Before(func() {
		RegisterTestingT(t)
		m = newMachine(t)
		m.write(m.app, "Procfile", "web: gunicorn app:app\n")
		lockOf("flask 3.1.0", "click 8.1.0")
		built = []string{"sdists-v9/index/x/click/8.1.0/y/click-8.1.0-py3-none-any.whl", "sdists-v9/index/x/click/8.1.0/y/src/click-8.1.0-py2-none-any.whl",
			"sdists-v9/index/x/hatch/1.0/y/hatch-1.0-py3-none-any.whl", "wheels-v6/pypi/flask/flask-3.1.0-py3-none-any.whl"}
		m.fail = func(c command.Command) error {
			if filepath.Base(c.Path) != "uv" {
				return nil
			}
			data, err := os.ReadFile(c.Args[slices.Index(c.Args, "-r")+1])
			Expect(err).NotTo(HaveOccurred())
			listed = string(data)
			for _, entry := range c.Env {
				if cache, ok := strings.CutPrefix(entry, "UV_CACHE_DIR="); ok && strings.Contains(listed, "tar.gz") {
					for _, name := range built {
						m.write(cache, name, "a wheel")
					}
				}
			}
			return nil
		}
	})
	// next builds, and exports with the cache.
	next := func() (packit.BuildResult, string) {
		t.Helper()
		result, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		cache := filepath.Join(t.TempDir(), "wheels")
		kept := slices.ContainsFunc(result.Layers, func(l packit.Layer) bool { return l.Name == "wheels" && l.Cache && !l.Launch && !l.Build })
		if kept {
			Expect(os.Rename(filepath.Join(m.layers, "wheels"), cache)).To(Succeed())
		}
		m.export(result)
		if kept {
			Expect(os.Rename(cache, filepath.Join(m.layers, "wheels"))).To(Succeed())
		}
		return result, log
	}
	files := func() []string {
		found, err := filepath.Glob(filepath.Join(m.layers, "wheels", "*", "*", "*"))
		Expect(err).NotTo(HaveOccurred())
		return found
	}

	it("says what was built from source, keeps its wheel in the cache and installs that the next time", func() {
		_, log := next()
		Expect(log).To(ContainSubstring("\n  Built from source: click 8.1.0\n"))
		Expect(files()).To(HaveLen(1))
		Expect(filepath.Base(files()[0])).To(Equal("click-8.1.0-py3-none-any.whl"))
		Expect(listed).To(ContainSubstring("click-8.1.0.tar.gz"))

		lockOf("flask 3.2.0", "click 8.1.0")
		_, log = next()
		Expect(log).To(And(ContainSubstring("Using the wheel built by an earlier build: click 8.1.0\n"), Not(ContainSubstring("Built from source"))))
		Expect(listed).To(And(ContainSubstring(`path = "`+files()[0]), Not(ContainSubstring("tar.gz"))))
		Expect(files()).To(HaveLen(1))
	})

	it("keeps the wheel through a build that installs nothing", func() {
		next()
		_, log := next()
		Expect(log).NotTo(ContainSubstring("Installing"))
		Expect(files()).To(HaveLen(1))
	})

	it("builds again with other settings for the build, and keeps that wheel alone", func() {
		next()
		first := files()
		m.env = append(m.env, "CFLAGS=-O0")
		lockOf("flask 3.2.0", "click 8.1.0")
		_, log := next()
		Expect(log).To(ContainSubstring("Built from source: click 8.1.0"))
		Expect(files()).To(HaveLen(1))
		Expect(files()).NotTo(Equal(first))
	})

	it("does not trust a wheel that is not whole", func() {
		next()
		Expect(os.WriteFile(files()[0], []byte("half"), 0o644)).To(Succeed())
		lockOf("flask 3.2.0", "click 8.1.0")
		_, log := next()
		Expect(log).To(And(ContainSubstring("Warning: the cached wheel of click 8.1.0 is damaged; it is built again"), ContainSubstring("Built from source: click 8.1.0")))
		Expect(os.ReadFile(files()[0])).To(BeEquivalentTo("a wheel"))
	})

	it("has no cache of wheels when nothing is built", func() {
		next()
		m.uvLock("flask 3.1.0")
		result, log := next()
		Expect(log).NotTo(ContainSubstring("Built from source"))
		Expect(slices.ContainsFunc(result.Layers, func(l packit.Layer) bool { return l.Name == "wheels" })).To(BeFalse())
		Expect(files()).To(BeEmpty())
	})

	it("names a Rust toolchain that a build has downloaded", func() {
		built = append(built, "wheels-v6/pypi/puccinialin/puccinialin-0.1.4-py3-none-any")
		_, log := next()
		Expect(log).To(ContainSubstring("Warning: building them took a Rust toolchain that the build downloaded by itself (puccinialin)"))
	})
}
