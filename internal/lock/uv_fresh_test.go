package lock_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testCheckUV(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	check := func(dir string) error {
		_, err := lock.ReadUV(os.DirFS(dir), "uv.lock", lock.Request{})
		return err
	}

	for _, dir := range cases("testdata/fresh/*") {
		it("takes "+dir+", as uv does", func() {
			Expect(check(dir)).To(Succeed())
		})
	}

	for _, dir := range cases("testdata/stale/*") {
		it("refuses "+dir+", as uv does", func() {
			err := check(dir)
			Expect(err).To(HaveOccurred())
			golden.Compare(t, filepath.Join(dir, "want"), err.Error()+"\n")
		})
	}

	it("names a requirement that is none", func() {
		data, err := os.ReadFile("testdata/fresh/plain/uv.lock")
		Expect(err).NotTo(HaveOccurred())
		manifest := []byte("[project]\nname = \"app\"\ndependencies = [\"six\", \"click >\"]\n")
		_, err = lock.ReadUV(fstest.MapFS{"uv.lock": {Data: data}, "pyproject.toml": {Data: manifest}}, "uv.lock", lock.Request{})
		Expect(err).To(MatchError(HavePrefix(`"click >" is not a requirement`)))
	})

	it("names the line of a manifest that is no TOML", func() {
		_, err := lock.ReadManifest([]byte("[project]\nname = app\n"))
		Expect(err).To(MatchError(ContainSubstring("where: pyproject.toml, line 2")))
	})
}

func testDeclared(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for text, want := range map[string][]pep508.Name{
		"": nil,
		"[dependency-groups]\nTest_X = []\ndev = []": {"dev", "test-x"},
		"[tool.uv]\ndev-dependencies = [\"a\"]":      {"dev"},
		"[tool.poetry.group.test.dependencies]":      {"test"},
		"[tool.poetry.dev-dependencies]\na = \"*\"":  {"dev"},
		"[tool.pdm.dev-dependencies]\nlint = []":     {"lint"},
	} {
		it("lists the groups of "+text, func() {
			manifest, err := lock.ReadManifest([]byte(text))
			Expect(err).NotTo(HaveOccurred())
			Expect(manifest.Declared()).To(Equal(want))
		})
	}
}
