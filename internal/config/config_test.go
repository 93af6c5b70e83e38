package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/config"
	"github.com/lockstep/python/internal/failure"
)

func testParse(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	defaults := func(change func(*config.Config)) config.Config {
		c := config.Config{PackageLayers: true, CollectStatic: true, Mirrors: map[string]string{}}
		change(&c)
		return c
	}

	for _, c := range []struct {
		name    string
		environ []string
		want    func(*config.Config)
	}{
		{"nothing", nil, func(c *config.Config) {}},
		{"what is not ours", []string{"HOME=/nonexistent", "PYTHONPATH=/nonsense", "PIP_INDEX_URL=nonsense", "broken", "=x", ""}, func(c *config.Config) {}},
		{"settings of other buildpacks", []string{"BP_NODE_VERSION=22", "BP_KEEP_FILES=a", "BP_=x"}, func(c *config.Config) {}},
		{"a setting that is empty", []string{"BP_CPYTHON_VERSION=", "BP_PACKAGE_LAYERS= ", "BP_LOG_LEVEL", "BP_DEPENDENCY_MIRROR=\t"}, func(c *config.Config) {}},
		{"a Python, blanks around it", []string{"BP_CPYTHON_VERSION= >=3.12,<3.14 "}, func(c *config.Config) { c.PythonVersion = ">=3.12,<3.14" }},
		{"one layer for all packages", []string{"BP_PACKAGE_LAYERS=false"}, func(c *config.Config) { c.PackageLayers = false }},
		{"one layer for all packages, in short", []string{"BP_PACKAGE_LAYERS=0"}, func(c *config.Config) { c.PackageLayers = false }},
		{"a build of a test image", []string{"CNB_EXEC_ENV=test"}, func(c *config.Config) { c.Test = true }},
		{"a build for production", []string{"CNB_EXEC_ENV=production"}, func(c *config.Config) {}},
		{"live reload", []string{"BP_LIVE_RELOAD_ENABLED=true"}, func(c *config.Config) { c.LiveReload = true }},
		{"a Lambda handler", []string{"BP_LAMBDA_HANDLER=jobs.run"}, func(c *config.Config) { c.LambdaHandler = "jobs.run" }},
		{"no collectstatic", []string{"BP_DJANGO_COLLECTSTATIC=false"}, func(c *config.Config) { c.CollectStatic = false }},
		{"layers for packages", []string{"BP_PACKAGE_LAYERS=True"}, func(c *config.Config) {}},
		{"the log's default", []string{"BP_LOG_LEVEL=INFO"}, func(c *config.Config) {}},
		{"a longer log", []string{"BP_LOG_LEVEL=DEBUG"}, func(c *config.Config) { c.Debug = true }},
		{"a longer log, in small letters", []string{"BP_LOG_LEVEL=debug"}, func(c *config.Config) { c.Debug = true }},
		{"a mirror for all hosts", []string{"BP_DEPENDENCY_MIRROR=https://mirror.example/{originalHost}"},
			func(c *config.Config) { c.Mirrors["default"] = "https://mirror.example/{originalHost}" }},
		{"mirrors for hosts", []string{"BP_DEPENDENCY_MIRROR_GITHUB_COM=https://a.example", "BP_DEPENDENCY_MIRROR_TESTING_123__ABC=https://b.example?a=b"},
			func(c *config.Config) {
				c.Mirrors["github.com"] = "https://a.example"
				c.Mirrors["testing.123-abc"] = "https://b.example?a=b"
			}},
	} {
		it("reads "+c.name, func() {
			before := slices.Clone(c.environ)
			got, warnings, err := config.Parse(c.environ)
			Expect(err).NotTo(HaveOccurred())
			Expect(warnings).To(BeEmpty())
			Expect(got).To(Equal(defaults(c.want)))
			Expect(c.environ).To(Equal(before))
		})
	}

	for _, c := range []struct{ entry, want string }{
		{"BP_PACKAGE_LAYERS=yes", "BP_PACKAGE_LAYERS is \"yes\", which is not true or false\n" +
			"  where: BP_PACKAGE_LAYERS\n  fix: set BP_PACKAGE_LAYERS=true or remove it"},
		{"BP_PACKAGE_LAYERS=\x1b[31m", "BP_PACKAGE_LAYERS is \"\\x1b[31m\", which is not true or false\n" +
			"  where: BP_PACKAGE_LAYERS\n  fix: set BP_PACKAGE_LAYERS=true or remove it"},
		{"BP_LOG_LEVEL=verbose", "BP_LOG_LEVEL is \"verbose\", which is not INFO or DEBUG\n" +
			"  where: BP_LOG_LEVEL\n  fix: set BP_LOG_LEVEL=DEBUG or remove it"},
	} {
		it("refuses "+strings.ReplaceAll(c.entry, "\x1b", "ESC"), func() {
			_, _, err := config.Parse([]string{"BP_CPYTHON_VERSION=3.13", c.entry})
			Expect(err).To(MatchError(c.want))
			Expect(errors.As(err, new(*failure.Error))).To(BeTrue())
		})
	}

	for _, c := range []struct{ name, near string }{
		{"BP_CPYTHON_VERSON", "BP_CPYTHON_VERSION"},
		{"BP_PYTHON_VERSION", "BP_CPYTHON_VERSION"},
		{"BP_CPYTHON_VERSIONS", "BP_CPYTHON_VERSION"},
		{"BP_Cpython_Version", "BP_CPYTHON_VERSION"},
		{"bp_log_level", "BP_LOG_LEVEL"},
		{"BP_PACKAGES_LAYER", "BP_PACKAGE_LAYERS"},
		{"BP_LOGLEVEL", "BP_LOG_LEVEL"},
		{"BP_DEPENDENCY_MIROR", "BP_DEPENDENCY_MIRROR"},
		{"BP_DEPENDENCY_MIRRORS", "BP_DEPENDENCY_MIRROR"},
		{"BP_DEPENDENCY_MIROR_GITHUB_COM", "BP_DEPENDENCY_MIRROR_GITHUB_COM"},
		{"BP_DEPENDENCIES_MIRROR_GITHUB_COM", ""},
		{"BP_NODE_VERSION", ""},
		{"BP_PIP_VERSION", ""},
		{"BP_CPYTHON_VE", ""},
		{"BP_LIVE_RELOAD_ENABLD", "BP_LIVE_RELOAD_ENABLED"},
		{"CPYTHON_VERSION", ""},
	} {
		it("knows what "+c.name+" was meant to be", func() {
			got, warnings, err := config.Parse([]string{c.name + "=3.13"})
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(Equal(defaults(func(*config.Config) {})))
			var want []string
			if c.near != "" {
				want = append(want, c.name+" is not a setting of this buildpack. Did you mean "+c.near+"?")
			}
			Expect(warnings).To(Equal(want))
		})
	}

	it("gives warnings sorted, whatever the order of the environment", func() {
		a, b := "BP_CPYTHON_VERSON=1", "BP_LOG_LEVL=1"
		_, one, err := config.Parse([]string{a, b})
		Expect(err).NotTo(HaveOccurred())
		_, other, err := config.Parse([]string{b, a})
		Expect(err).NotTo(HaveOccurred())
		Expect(one).To(HaveLen(2))
		Expect(one).To(Equal(other))
	})
}

const begin, end = "<!-- settings -->", "<!-- /settings -->"

func testMarkdown(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("lists the settings by name, each once, without what would break a table", func() {
		var names []string
		for _, row := range config.Table() {
			names = append(names, row.Name)
			Expect(row.Name).To(Or(HavePrefix("BP_"), Equal("CNB_EXEC_ENV")))
			Expect(row.Name + row.Default + row.Meaning).NotTo(ContainSubstring("|"))
			Expect(row.Meaning).NotTo(BeEmpty())
		}
		Expect(slices.IsSorted(names)).To(BeTrue())
		Expect(slices.Compact(names)).To(HaveLen(len(config.Table())))
	})

	it("is what README.md shows", func() {
		path := filepath.Join("..", "..", "README.md")
		data, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		before, rest, ok := strings.Cut(string(data), begin)
		Expect(ok).To(BeTrue(), "README.md has no line %s", begin)
		block, after, ok := strings.Cut(rest, end)
		Expect(ok).To(BeTrue(), "README.md has no line %s", end)
		want := "\n" + config.Markdown()
		if *update {
			Expect(os.WriteFile(path, []byte(before+begin+want+end+after), 0o644)).To(Succeed())
			return
		}
		Expect(strings.TrimSpace(block)).To(Equal(strings.TrimSpace(want)), "run: go test ./internal/config -update")
	})
}
