package main_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/paketo-buildpacks/packit/v2"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/command"
	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/golden"
)

func testBuild(t *testing.T, context spec.G, it spec.S) {
	var m *machine

	it.Before(func() {
		RegisterTestingT(t)
		m = newMachine(t)
		m.sizes["numpy"] = 3 << 20
		m.uvLock("flask 3.1.0", "click 8.1.0", "numpy 2.4.0")
		m.write(m.app, "app.py", "x = 1\n")
		m.write(m.app, "Procfile", "web: python app.py --port $PORT\n")
	})

	// again builds a first image, changes the app, and builds the next.
	again := func(change func()) (packit.BuildResult, string) {
		t.Helper()
		first, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		m.export(first)
		change()
		result, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		return result, log
	}

	it("makes every layer of a first image", func() {
		result, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		golden.Compare(t, "testdata/first.log", log)
		Expect(m.made(result)).To(ConsistOf("cpython", "packages-3", "pkg-numpy", "venv", "app-bytecode", "launch-env"))
		Expect(m.installs).To(Equal([][]string{{"click", "flask", "numpy"}}))
		for _, layer := range result.Layers {
			Expect(layer.Launch).To(BeTrue(), layer.Name)
			Expect(layer.Build || layer.Cache).To(BeFalse(), layer.Name)
		}
	})

	it("makes the same layers at any time", func() {
		made := func() (map[string]any, map[string]string) {
			Expect(os.RemoveAll(m.layers)).To(Succeed())
			result, _, err := m.build()
			Expect(err).NotTo(HaveOccurred())
			metadata, files := map[string]any{}, map[string]string{}
			for _, layer := range result.Layers {
				metadata[layer.Name] = layer.Metadata
			}
			Expect(filepath.WalkDir(m.layers, func(path string, entry os.DirEntry, err error) error {
				if err == nil && entry.Type().IsRegular() {
					data, readErr := os.ReadFile(path)
					files[path], err = string(data), readErr
				}
				return err
			})).To(Succeed())
			return metadata, files
		}
		metadata, files := made()
		m.time = m.time.AddDate(30, 1, 1)
		again, same := made()
		Expect(again).To(Equal(metadata))
		Expect(same).To(Equal(files))
		Expect(files).NotTo(BeEmpty())
	})

	it("leaves nothing but layers in the layers directory", func() {
		result, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		entries, err := os.ReadDir(m.layers)
		Expect(err).NotTo(HaveOccurred())
		Expect(entries).To(HaveLen(len(m.made(result))))
	})

	it("moves a package with its scripts to its layer, links them, and puts the layer on the path", func() {
		_, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(filepath.Join(m.layers, "pkg-numpy/prefix/lib/python3.14/site-packages/numpy/__init__.py")).To(BeARegularFile())
		link, err := os.Readlink(filepath.Join(m.layers, "venv/prefix/bin/numpy"))
		Expect(err).NotTo(HaveOccurred())
		Expect(link).To(Equal(filepath.Join(m.layers, "pkg-numpy/prefix/bin/numpy")))
		pth, err := os.ReadFile(filepath.Join(m.layers, "venv/prefix/lib/python3.14/site-packages/lockstep.pth"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(pth)).To(Equal(filepath.Join(m.layers, "packages-3/prefix/lib/python3.14/site-packages") + "\n" +
			filepath.Join(m.layers, "pkg-numpy/prefix/lib/python3.14/site-packages") + "\n"))
	})

	it("runs nothing and makes nothing when nothing changed", func() {
		result, log := again(func() {})
		golden.Compare(t, "testdata/no-change.log", log)
		Expect(m.made(result)).To(BeEmpty())
		Expect(m.installs).To(BeEmpty())
		Expect(m.compiled).To(BeEmpty())
	})

	it("tells a package from a fact of the same name", func() {
		m.uvLock("python 3.0", "rules 3.5", "target 1.0")
		result, log := again(func() {})
		Expect(m.made(result)).To(BeEmpty())
		Expect(log).NotTo(ContainSubstring("Installing"))
	})

	it("makes only the app's bytecode when a source changed", func() {
		result, _ := again(func() { m.write(m.app, "app.py", "x = 2\n") })
		Expect(m.made(result)).To(Equal([]string{"app-bytecode"}))
		Expect(m.compiled).To(Equal([]string{filepath.Join(m.app, "app.py")}))
	})

	it("makes only the layer of a heavy package that was bumped", func() {
		result, log := again(func() { m.uvLock("flask 3.1.0", "click 8.1.0", "numpy 2.4.1") })
		Expect(m.made(result)).To(Equal([]string{"pkg-numpy"}))
		Expect(m.installs).To(Equal([][]string{{"numpy"}}))
		Expect(log).To(ContainSubstring("Made pkg-numpy: numpy 2.4.0 → 2.4.1 ("))
	})

	it("makes only the light group when a light package was bumped", func() {
		result, log := again(func() { m.uvLock("flask 3.1.0", "click 8.2.0", "numpy 2.4.0") })
		Expect(m.made(result)).To(Equal([]string{"packages-3"}))
		Expect(m.installs).To(Equal([][]string{{"click", "flask"}}))
		Expect(log).To(ContainSubstring("Made packages-3: click 8.1.0 → 8.2.0 ("))
	})

	it("drops a package that is no longer locked", func() {
		result, log := again(func() { m.uvLock("flask 3.1.0", "click 8.1.0") })
		Expect(m.made(result)).To(Equal([]string{"venv"}))
		for _, layer := range result.Layers {
			Expect(layer.Name).NotTo(Equal("pkg-numpy"))
		}
		Expect(log).NotTo(ContainSubstring("numpy"))
	})

	it("makes the light group without a light package that is gone", func() {
		_, log := again(func() { m.uvLock("flask 3.1.0", "numpy 2.4.0") })
		Expect(log).To(ContainSubstring("Made packages-3: click 8.1.0 is gone ("))
	})

	it("puts a file that two packages bring into the layer of each, as it brings it, whatever else is installed", func() {
		m.sizes["scipy"] = 2 << 20
		m.files = map[string]map[string]string{"numpy": {"LICENSE": "numpy's"}, "scipy": {"LICENSE": "scipy's"}, "flask": {"LICENSE": "flask's"}, "click": {"LICENSE": "click's"}}
		content := func() map[string]string {
			found := map[string]string{}
			for _, name := range []string{"packages-3", "pkg-numpy", "pkg-scipy"} {
				data, err := os.ReadFile(filepath.Join(m.layers, name, "prefix/lib/python3.14/site-packages/LICENSE"))
				if err == nil {
					found[name] = string(data)
				}
			}
			return found
		}
		m.uvLock("flask 3.1.0", "click 8.1.0", "numpy 2.4.0", "scipy 1.0")
		first, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		want := map[string]string{"packages-3": "click's", "pkg-numpy": "numpy's", "pkg-scipy": "scipy's"}
		Expect(content()).To(Equal(want), log)
		m.export(first)

		// Each of them alone, and those of a group in two steps.
		m.sizes["click"] = 0
		m.uvLock("flask 3.1.0", "click 8.2.0", "numpy 2.4.1", "scipy 1.0")
		_, _, err = m.build()
		Expect(err).NotTo(HaveOccurred())
		delete(want, "pkg-scipy")
		Expect(content()).To(Equal(want))
	})

	it("links libraries that a package looks for in another's directory, and makes both anew only when that changes", func() {
		m.files = map[string]map[string]string{
			"numpy": {"numpy/lib/libblas.so.3": "no ELF file"},
			"flask": {"flask/_ext.so": elf("libblas.so.3", "$ORIGIN/../numpy/lib")},
		}
		first, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		link := filepath.Join(m.layers, "packages-3/prefix/lib/python3.14/site-packages/numpy/lib/libblas.so.3")
		to, err := os.Readlink(link)
		Expect(err).NotTo(HaveOccurred(), log)
		Expect(to).To(Equal(filepath.Join(m.layers, "pkg-numpy/prefix/lib/python3.14/site-packages/numpy/lib/libblas.so.3")))
		Expect(link).To(BeARegularFile(), "it leads somewhere")
		pth, err := os.ReadFile(filepath.Join(m.layers, "venv/prefix/lib/python3.14/site-packages/lockstep.pth"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(pth)).To(MatchRegexp(`(?s)pkg-numpy.*packages-3`), "the lender first")
		m.export(first)

		m.uvLock("flask 3.1.0", "click 8.1.0", "numpy 2.4.1")
		second, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(m.made(second)).To(Equal([]string{"pkg-numpy"}))
		m.export(second)

		m.files["numpy"] = map[string]string{"numpy/lib/libblas.so.3": "", "numpy/lib/libmore.so": ""}
		m.uvLock("flask 3.1.0", "click 8.1.0", "numpy 2.4.2")
		third, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(m.made(third)).To(ConsistOf("packages-3", "pkg-numpy"))
		Expect(log).To(ContainSubstring("Made packages-3: links to pkg-numpy changed ("))
	})

	it("finds a package in its new place when it outgrew the light group", func() {
		result, _ := again(func() {
			m.sizes["click"] = 2 << 20
			m.uvLock("flask 3.1.0", "click 8.2.0", "numpy 2.4.0")
		})
		Expect(m.made(result)).To(Equal([]string{"packages-3", "pkg-click", "venv"}))
	})

	it("moves no package for a patch release of Python", func() {
		result, log := again(func() { m.write(m.app, ".python-version", "3.14.6\n") })
		Expect(m.made(result)).To(Equal([]string{"cpython"}))
		Expect(log).To(ContainSubstring("Using Python 3.14.6 (.python-version asks for 3.14.6)"))
		Expect(log).To(ContainSubstring("Made cpython: Python 3.14.7 → 3.14.6 ("))
	})

	it("makes everything again for another minor of Python", func() {
		result, log := again(func() { m.write(m.app, ".python-version", "3.13\n") })
		Expect(m.made(result)).To(ConsistOf("cpython", "packages-3", "pkg-numpy", "venv", "app-bytecode"))
		Expect(log).To(ContainSubstring("Made pkg-numpy: python 3.14 → 3.13 ("))
		Expect(log).To(ContainSubstring("Made cpython: Python 3.14.7 → 3.13.9 ("))
	})

	it("makes the packages again for another image, and says which", func() {
		result, log := again(func() { m.distro = "13" })
		Expect(m.made(result)).To(ConsistOf("packages-3", "pkg-numpy"))
		Expect(log).To(ContainSubstring("Made pkg-numpy: target linux/amd64 debian 12 → linux/amd64 debian 13 ("))
	})

	it("puts all packages into one layer when told so", func() {
		m.env = []string{"BP_PACKAGE_LAYERS=false"}
		result, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(m.made(result)).NotTo(ContainElement("pkg-numpy"))
	})

	it("resolves an open requirements file once", func() {
		Expect(os.Remove(filepath.Join(m.app, "uv.lock"))).To(Succeed())
		m.write(m.app, "requirements.txt", "flask\n")
		result, log := again(func() {})
		Expect(m.made(result)).To(BeEmpty())
		Expect(log).To(ContainSubstring("Using the versions that an earlier build resolved: requirements.txt has not changed since"))
		m.export(result)
		m.write(m.app, "requirements.txt", "flask>=3\n")
		_, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(log).To(ContainSubstring("they are resolved now"))
	})

	it("makes every layer, available to later buildpacks, when one requires the packages", func() {
		m.plan = packit.BuildpackPlan{Entries: []packit.BuildpackPlanEntry{{Name: "site-packages", Metadata: map[string]any{"build": true}}}}
		result, _ := again(func() {})
		Expect(m.made(result)).To(HaveLen(6))
		for _, layer := range result.Layers {
			Expect(layer.Build).To(BeTrue(), layer.Name)
			if layer.Launch {
				Expect(layer.BuildEnv).To(BeEmpty(), layer.Name)
			} else {
				Expect(layer.BuildEnv).To(HaveKeyWithValue("PATH.prepend", filepath.Join(m.layers, "venv/prefix/bin")))
			}
		}
	})

	it("keeps no helper directory of a broken build", func() {
		m.fail = func(c command.Command) error {
			if filepath.Base(c.Path) == "uv" {
				return errors.New("exit status 2")
			}
			return nil
		}
		_, _, err := m.build()
		var owners *failure.Error
		Expect(errors.As(err, &owners)).To(BeTrue())
		Expect(filepath.Glob(filepath.Join(m.layers, ".scratch-*"))).To(BeEmpty())
	})

	it("tells a full disk from a bug", func() {
		m.fail = func(command.Command) error { return syscall.ENOSPC }
		m.uvLock()
		_, _, err := m.build()
		Expect(err).To(MatchError(ContainSubstring("the disk of the build is full")))
		m.fail = func(command.Command) error { return errors.New("boom") }
		_, _, err = m.build()
		Expect(err).To(MatchError(ContainSubstring("This is not about your app")))
	})

	for _, c := range []struct{ name, file, content, message string }{
		{"a Procfile that cannot be read", "Procfile", "web gunicorn", "Procfile, line 1"},
		{"a Python that does not exist", ".python-version", "3.99", ".python-version"},
		{"a stale lock", "pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"flask\", \"click\", \"numpy\", \"rich\"]\n", "rich is required by pyproject.toml"},
		{"a lock that is not TOML", "uv.lock", "version = 1\n<<<<<<< HEAD\n", "uv.lock, line 2"},
		{"a setting that is none", "", "", "BP_PACKAGE_LAYERS"},
	} {
		it("stops at "+c.name+" before anything is installed", func() {
			if c.file == "" {
				m.env = []string{"BP_PACKAGE_LAYERS=maybe"}
			} else {
				m.write(m.app, c.file, c.content)
			}
			_, _, err := m.build()
			Expect(err).To(MatchError(ContainSubstring(c.message)))
			Expect(m.installs).To(BeEmpty())
			Expect(m.compiled).To(BeEmpty())
		})
	}

	for _, change := range []struct{ name, file, content string }{
		{"a constraint of uv", "uv.toml", "constraint-dependencies = [\"click<9\"]\n"},
		{"a choice of uv's in pyproject.toml", "pyproject.toml", "[tool.uv]\nexclude-newer = \"2026-01-01\"\n"},
	} {
		it("resolves again when "+change.name+" changed", func() {
			Expect(os.Remove(filepath.Join(m.app, "uv.lock"))).To(Succeed())
			m.write(m.app, "requirements.txt", "flask\n")
			_, log := again(func() { m.write(m.app, change.file, change.content) })
			Expect(log).To(ContainSubstring("they are resolved now"))
		})
	}

	it("resolves again when a variable that chooses versions changed", func() {
		Expect(os.Remove(filepath.Join(m.app, "uv.lock"))).To(Succeed())
		m.write(m.app, "requirements.txt", "flask\n")
		_, log := again(func() { m.env = []string{"UV_EXCLUDE_NEWER=2026-01-01"} })
		Expect(log).To(ContainSubstring("they are resolved now"))
	})
}
