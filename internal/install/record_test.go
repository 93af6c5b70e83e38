package install_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testRecord(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		prefix string
	)
	const site = "lib/python3.14/site-packages/"

	it.Before(func() {
		prefix = t.TempDir()
		tree(t, prefix, map[string]string{site: ""})
	})

	// add installs a distribution: its files, and the lines of its RECORD.
	add := func(info, record string, files map[string]string) {
		tree(t, prefix, files)
		tree(t, prefix, map[string]string{site + info + "/RECORD": record + info + "/RECORD,,\n"})
	}
	read := func() []install.Distribution {
		list, err := install.ReadDistributions(prefix, 14)
		Expect(err).NotTo(HaveOccurred())
		return list
	}

	it("reads files inside and outside of site-packages", func() {
		add("My_Tool-1.0.dist-info", "tool/__init__.py,sha256=x,5\ntool/data/x.json,,\ntool.py,,\n../../../bin/tool,,\n../../../share/man/man1/tool.1,,\n"+
			prefix+"/etc/tool.conf,,\nmissing.py,,\ntool,,\n",
			map[string]string{site + "tool/__init__.py": "12345", site + "tool/data/x.json": "{}", site + "tool.py": "", "bin/tool": "#!", "share/man/man1/tool.1": "m", "etc/tool.conf": "c"})
		list := read()
		Expect(list).To(HaveLen(1))
		d := list[0]
		Expect(string(d.Name)).To(Equal("my-tool"))
		Expect(d.Version).To(Equal("1.0"))
		Expect(d.Files).To(Equal([]string{"bin/tool", "etc/tool.conf", site + "My_Tool-1.0.dist-info/RECORD", site + "tool.py", site + "tool/__init__.py", site + "tool/data/x.json", "share/man/man1/tool.1"}))
		record, err := os.Stat(filepath.Join(prefix, site, "My_Tool-1.0.dist-info/RECORD"))
		Expect(err).NotTo(HaveOccurred())
		Expect(d.Size).To(Equal(5 + 2 + 2 + 1 + 1 + record.Size()))
		Expect(d.Roots).To(Equal([]string{"tool"}))
		Expect(d.Dirs).To(BeEmpty())
		Expect(d.Hooks).To(BeFalse())
		Expect(d.Embeds).To(BeFalse())
		Expect(d.Links(14)).To(Equal([]string{"bin/tool", "etc/tool.conf", "share/man/man1/tool.1"}))
	})

	it("reads names that need quotes", func() {
		add("odd-1.0.dist-info", "\"odd/a,b.py\",,\n\"odd/say \"\"hi\"\".py\",,\nodd/é ü.py,,\r\n",
			map[string]string{site + "odd/a,b.py": "", site + "odd/say \"hi\".py": "", site + "odd/é ü.py": ""})
		Expect(read()[0].Files).To(Equal([]string{site + "odd-1.0.dist-info/RECORD", site + "odd/a,b.py", site + "odd/say \"hi\".py", site + "odd/é ü.py"}))
	})

	it("tells regular packages from namespaces", func() {
		add("ns_a-1.0.dist-info", "google/a/__init__.py,,\ngoogle/a/sub/__init__.py,,\ngoogle/loose/x.py,,\ngoogle/loose/deep/y.py,,\ntop/__init__.py,,\ntop/data/x,,\n",
			map[string]string{site + "google/a/__init__.py": "", site + "google/a/sub/__init__.py": "", site + "google/loose/x.py": "", site + "google/loose/deep/y.py": "", site + "top/__init__.py": "", site + "top/data/x": ""})
		d := read()[0]
		Expect(d.Roots).To(Equal([]string{"google/a", "top"}))
		Expect(d.Dirs).To(Equal([]string{"google/loose"}))
	})

	it("sees .pth files, at the top only", func() {
		add("hook-1.0.dist-info", "hook.pth,,\n", map[string]string{site + "hook.pth": "import x"})
		add("plain-1.0.dist-info", "plain/x.pth,,\n", map[string]string{site + "plain/x.pth": ""})
		list := read()
		Expect(list[0].Hooks).To(BeTrue())
		Expect(list[1].Hooks).To(BeFalse())
	})

	it("gives files that no RECORD names to the owner of their directory, with their size", func() {
		add("a-1.0.dist-info", "a/__init__.py,,\n../../../bin/a,,\n", map[string]string{site + "a/__init__.py": "", "bin/a": "", site + "a/made.txt": "123", site + "a-1.0.dist-info/LATE": "12"})
		tree(t, prefix, map[string]string{site + "bin/nobody.py": "", site + "nobody.py": ""})
		d := read()[0]
		Expect(d.Files).To(Equal([]string{"bin/a", site + "a-1.0.dist-info/LATE", site + "a-1.0.dist-info/RECORD", site + "a/__init__.py", site + "a/made.txt"}))
		record, err := os.Stat(filepath.Join(prefix, site, "a-1.0.dist-info/RECORD"))
		Expect(err).NotTo(HaveOccurred())
		Expect(d.Size).To(Equal(5 + record.Size()))
	})

	it("refuses a RECORD that leaves the environment, and one that is not there", func() {
		add("evil-1.0.dist-info", "../../../../etc/passwd,,\n", nil)
		_, err := install.ReadDistributions(prefix, 14)
		Expect(err).To(MatchError(ContainSubstring("evil-1.0.dist-info: RECORD names ../../../../etc/passwd, which is outside of the environment")))

		Expect(os.RemoveAll(filepath.Join(prefix, site, "evil-1.0.dist-info"))).To(Succeed())
		tree(t, prefix, map[string]string{site + "bare-1.0.dist-info/": ""})
		_, err = install.ReadDistributions(prefix, 14)
		Expect(err).To(MatchError(ContainSubstring("bare-1.0.dist-info")))
	})

	it("does not judge damaged libraries", func() {
		add("lib-1.0.dist-info", "lib/x.so,,\nlib/y.so.1,,\nlib/empty.so,,\n", map[string]string{site + "lib/x.so": "\x7fELF\x02\x01\x01", site + "lib/y.so.1": "\x7fELF\x02\x01\x01\x00 but no more than the beginning", site + "lib/empty.so": ""})
		Expect(read()[0].Embeds).To(BeFalse())
	})

	it("is empty where nothing is installed", func() {
		Expect(read()).To(BeEmpty())
	})

	it("tells whose files may be another's", func() {
		add("a-1.0.dist-info", "shared/x.py,,\na/__init__.py,,\n", map[string]string{site + "shared/x.py": "x", site + "a/__init__.py": ""})
		add("b-1.0.dist-info", "shared/x.py,,\nb.py,,\n", map[string]string{site + "b.py": ""})
		add("c-1.0.dist-info", "ns/c/__init__.py,,\n", map[string]string{site + "ns/c/__init__.py": ""})
		add("d-1.0.dist-info", "ns/d/__init__.py,,\n", map[string]string{site + "ns/d/__init__.py": ""})
		contested := func() []string {
			var names []string
			for _, d := range read() {
				if d.Contested {
					names = append(names, string(d.Name))
				}
			}
			return names
		}
		Expect(contested()).To(Equal([]string{"a", "b"}))
		tree(t, prefix, map[string]string{site + "ns/unrecorded": "", site + "a/unrecorded": ""})
		Expect(contested()).To(Equal([]string{"a", "b", "c", "d"}))
	})

	it("takes a directory that nothing can import for one that belongs together", func() {
		add("a-1.0.dist-info", "odd.prefix/lib/x/__init__.py,,\nns/some-data/deep/y,,\nns/plain/z,,\na-1.0.dist-info/licenses/THE-LICENSES/x,,\n", map[string]string{
			site + "odd.prefix/lib/x/__init__.py": "", site + "ns/some-data/deep/y": "", site + "ns/plain/z": "", site + "a-1.0.dist-info/licenses/THE-LICENSES/x": ""})
		d := read()[0]
		Expect(d.Roots).To(Equal([]string{"ns/some-data", "odd.prefix"}))
		Expect(d.Dirs).To(Equal([]string{"ns/plain"}))
	})

	it("moves distributions over what is there", func() {
		add("a-1.0.dist-info", "shared/x.py,,\na.py,,\n../../../bin/a,,\n", map[string]string{site + "shared/x.py": "x", site + "a.py": "", "bin/a": ""})
		to := filepath.Join(prefix, "to")
		tree(t, to, map[string]string{site + "shared/x.py": "another's"})
		Expect(read()[0].Move(to)).To(Succeed())
		Expect(filesOf(to)).To(Equal([]string{"bin/a", site + "a-1.0.dist-info/RECORD", site + "a.py", site + "shared/x.py"}))
		Expect(os.ReadFile(filepath.Join(to, site, "shared/x.py"))).To(BeEquivalentTo("x"))
		Expect(filesOf(filepath.Join(prefix, "lib"))).To(BeEmpty())
	})
}
