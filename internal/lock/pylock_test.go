package lock_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/lockstep/python/internal/lock"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testPylock(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	again := func(text string) string {
		l, err := lock.ReadPylock("pylock.toml", []byte(text))
		Expect(err).NotTo(HaveOccurred())
		packages, err := lock.Select(l, environment("3.14.6 x86_64"))
		Expect(err).NotTo(HaveOccurred())
		out, ok := lock.WritePylock(packages)
		Expect(ok).To(BeTrue())
		return out
	}

	for _, dir := range cases("testdata/uv/*", "testdata/pylock/*") {
		it("writes what it reads back the same: "+dir, func() {
			packages, _, err := evaluate(dir)
			if err != nil || strings.Contains(filepath.Base(dir), "3.11") {
				return // an error, or wheels for another Python
			}
			text, ok := lock.WritePylock(packages)
			if filepath.Base(dir) == "pipenv-made-up" {
				Expect(ok).To(BeFalse(), "its files are not known")
				return
			}
			Expect(ok).To(BeTrue())
			Expect(again(text)).To(Equal(text))
		})
	}

	it("quotes what TOML would take for something else", func() {
		odd := "a\"b\\c\nd\te\x00f\x7fg'é€😀 # = ,"
		packages := []lock.Package{
			{Name: "archive", Version: odd, File: &lock.File{Name: odd + ".whl", URL: "https://files.example/" + odd, SHA256: odd}, Origin: &lock.Origin{URL: odd, Subdirectory: odd}},
			{Name: "directory", Origin: &lock.Origin{Directory: odd}},
			{Name: "git", Version: odd, Origin: &lock.Origin{VCS: odd, Commit: odd, Requested: odd, Subdirectory: odd}},
			{Name: "wheel", Version: odd, Index: odd, File: &lock.File{Name: odd, URL: odd, Hash: odd + ":x", Size: 5}},
		}
		text, ok := lock.WritePylock(packages)
		Expect(ok).To(BeTrue())
		var read struct {
			Packages []struct {
				Version   string
				Archive   map[string]any
				Directory map[string]any
				VCS       map[string]any
				Wheels    []map[string]any
			}
		}
		_, err := toml.Decode(text, &read)
		Expect(err).NotTo(HaveOccurred(), text)
		Expect(read.Packages).To(HaveLen(4))
		Expect(read.Packages[0].Version).To(Equal(odd))
		Expect(read.Packages[0].Archive).To(Equal(map[string]any{
			"url": "https://files.example/" + odd, "subdirectory": odd, "hashes": map[string]any{"sha256": odd}}))
		Expect(read.Packages[1].Directory).To(Equal(map[string]any{"path": odd}))
		Expect(read.Packages[2].VCS).To(Equal(map[string]any{
			"type": "git", "url": odd, "commit-id": odd, "requested-revision": odd, "subdirectory": odd}))
		Expect(read.Packages[3].Wheels).To(Equal([]map[string]any{
			{"name": odd, "path": odd, "size": int64(5), "hashes": map[string]any{odd: "x"}}}))
	})

	it("cannot say a package whose file the index has to choose", func() {
		_, ok := lock.WritePylock([]lock.Package{{Name: "six", Version: "1.17.0", Hashes: []string{"sha256:aa"}}})
		Expect(ok).To(BeFalse())
	})
}
