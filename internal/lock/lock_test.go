package lock_test

import (
	"testing"

	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testSelect(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	entry := func(name string, dependencies ...lock.Dependency) lock.Entry {
		return lock.Entry{Name: pep508.NewName(name), Version: "1", Hashes: []string{"sha256:" + name}, Dependencies: dependencies}
	}
	names := func(l lock.Lock) []string {
		packages, err := lock.Select(l, environment("3.14.6 x86_64"))
		Expect(err).NotTo(HaveOccurred())
		var list []string
		for _, p := range packages {
			list = append(list, string(p.Name))
		}
		return list
	}

	it("ends on a cycle, and leaves out what nothing leads to", func() {
		Expect(names(lock.Lock{
			Roots:   []lock.Dependency{{Name: "b"}},
			Entries: []lock.Entry{entry("c"), entry("a", lock.Dependency{Name: "b"}), entry("b", lock.Dependency{Name: "a"})},
		})).To(Equal([]string{"a", "b"}))
	})

	it("follows an extra that is asked for after the package itself", func() {
		a := entry("a")
		a.Extras = map[pep508.Name][]lock.Dependency{"x": {{Name: "c"}}}
		Expect(names(lock.Lock{
			Roots:   []lock.Dependency{{Name: "a"}, {Name: "b"}},
			Entries: []lock.Entry{a, entry("b", lock.Dependency{Name: "a", Extras: []pep508.Name{"x", "unknown"}}), entry("c")},
		})).To(Equal([]string{"a", "b", "c"}))
	})

	it("decides an exclusion by what is active anywhere, even if it is met later", func() {
		plain, err := pep508.ParseMarker("extra != 'extra-1-b-x'")
		Expect(err).NotTo(HaveOccurred())
		special, err := pep508.ParseMarker("extra == 'extra-1-b-x'")
		Expect(err).NotTo(HaveOccurred())
		Expect(names(lock.Lock{
			Roots: []lock.Dependency{{Name: "a"}, {Name: "b", Extras: []pep508.Name{"x"}, Activates: []pep508.Name{"extra-1-b-x"}}},
			Entries: []lock.Entry{entry("a", lock.Dependency{Name: "plain", Marker: plain}, lock.Dependency{Name: "special", Marker: special}),
				entry("b"), entry("plain"), entry("special")},
		})).To(Equal([]string{"a", "b", "special"}))
	})

	it("names what tells one content from another", func() {
		for _, c := range []struct {
			p    lock.Package
			want string
		}{
			{lock.Package{File: &lock.File{SHA256: "aa", URL: "u"}}, "sha256:aa"},
			{lock.Package{File: &lock.File{Hash: "sha512:aa", URL: "u"}}, "sha512:aa"},
			{lock.Package{File: &lock.File{URL: "https://files.example/a.whl"}}, "https://files.example/a.whl"},
			{lock.Package{Hashes: []string{"sha256:b", "sha256:a"}}, "2 hashes 970a948bffa8de94d6e22d747ba8c95030e6e546909f98f54e99a13005e173a8"},
			{lock.Package{Origin: &lock.Origin{Directory: "lib"}}, "directory lib"},
			{lock.Package{Origin: &lock.Origin{VCS: "u", Commit: "c", Subdirectory: "s", Requested: "main"}}, "u@c#s"},
			{lock.Package{Origin: &lock.Origin{URL: "u"}, File: &lock.File{SHA256: "aa"}}, "sha256:aa"},
		} {
			Expect(c.p.Artifact()).To(Equal(c.want))
		}
	})
}
