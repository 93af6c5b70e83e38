package install_test

import (
	"archive/tar"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"testing"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testCPython(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("unpacks what a build or an app can use, and nothing else", func() {
		for name, wanted := range map[string]bool{
			"bin/python": true, "bin/python3": true, "bin/python3.14": true,
			"bin/python3-config": false, "bin/python3.14-config": false, "bin/pip": false, "bin/pip3.14": false, "bin/idle3": false, "bin/pydoc3": false, "bin/2to3": false,
			"include/python3.14/Python.h": true,
			"lib/libpython3.14.so.1.0":    true, "lib/libpython3.so": true, "lib/pkgconfig/python3.pc": true,
			"lib/libtcl9.0.so": false, "lib/libtcl9tk9.0.so": false, "lib/libtk8.6.so": false, "lib/tcl9.0/init.tcl": false, "lib/tk9.0": false, "lib/itcl4.3.5/x": false, "lib/thread3.0.4/x": false,
			"lib/python3.14/os.py": true, "lib/python3.14/LICENSE.txt": true, "lib/python3.14/unittest/case.py": true, "lib/python3.14/testing.py": true, "lib/python3.14/turtle_like.py": true,
			"lib/python3.14/tkinter/__init__.py": false, "lib/python3.14/idlelib": false, "lib/python3.14/turtledemo/x.py": false, "lib/python3.14/turtle.py": false,
			"lib/python3.14/ensurepip/__init__.py": false, "lib/python3.12/lib2to3/x.py": false, "lib/python3.14/pydoc_data/topics.py": false,
			"lib/python3.14/test": false, "lib/python3.14/test/test_os.py": false, "lib/python3.14/site-packages/pip/__init__.py": false,
			"lib/python3.14/__pycache__/os.cpython-314.pyc":                   false,
			"lib/python3.14/lib-dynload/_dbm.cpython-314-x86_64-linux-gnu.so": true, "lib/python3.14/lib-dynload/_tkinter.cpython-314-x86_64-linux-gnu.so": false,
			"lib/python3.14/lib-dynload/_testcapi.cpython-314-x86_64-linux-gnu.so": false, "lib/python3.14/lib-dynload/_ctypes_test.so": false, "lib/python3.14/lib-dynload/_ctypes.so": true,
			"lib/python3.14/config-3.14-x86_64-linux-gnu/Makefile": true, "lib/python3.14/config-3.14-x86_64-linux-gnu/libpython3.14.a": false,
			"share/man/man1/python3.1": false, "share/terminfo/x/xterm": false, "PYTHON.json": false, "": false,
		} {
			Expect(install.Wanted(name)).To(Equal(wanted), name)
		}
	})

	it("unpacks an archive and makes its build configuration true", func() {
		file := filepath.Join(t.TempDir(), "cpython.tar.gz")
		pack(t, file, "testdata/sysconfig", "python")
		prefix := filepath.Join(t.TempDir(), "prefix")
		interpreter, err := install.InstallCPython(file, prefix, "/layers/x/cpython/prefix", 14)
		Expect(err).NotTo(HaveOccurred())
		Expect(interpreter).To(Equal(install.Interpreter{Prefix: prefix, Minor: 14}))
		Expect(interpreter.Python()).To(Equal(prefix + "/bin/python3.14"))
		for _, name := range []string{"_sysconfigdata__linux_x86_64-linux-gnu.py", "_sysconfig_vars__linux_x86_64-linux-gnu.json"} {
			data, err := os.ReadFile(filepath.Join(prefix, "lib/python3.14", name))
			Expect(err).NotTo(HaveOccurred())
			golden.Compare(t, "testdata/"+name+".want", string(data))
		}
	})

	it("removes what only builds of packages need, and the shared library that nothing links", func() {
		for _, c := range []struct {
			python  string // a program; its size does not matter
			embeds  bool
			library bool
		}{
			{"not an ELF file", false, false},
			{"", false, false},
			{"\x7fELF damaged", false, false},
			{"not an ELF file", true, true},
		} {
			prefix := t.TempDir()
			tree(t, prefix, map[string]string{
				"bin/python3.14": c.python, "include/python3.14/Python.h": "", "lib/pkgconfig/python3.pc": "", "lib/python3.14/config-3.14-x86_64-linux-gnu/Makefile": "",
				"lib/python3.14/os.py": "", "lib/python3.14/configparser.py": "", "lib/libpython3.14.so.1.0": "", "lib/libpython3.so": "",
			})
			Expect(install.Interpreter{Prefix: prefix, Minor: 14}.Trim(c.embeds)).To(Succeed())
			want := []string{"bin/python3.14", "lib/python3.14/configparser.py", "lib/python3.14/os.py"}
			if c.library {
				want = append(want, "lib/libpython3.14.so.1.0", "lib/libpython3.so")
			}
			sort.Strings(want)
			Expect(filesOf(prefix)).To(Equal(want))
		}
	})

	it("says which file it could not read", func() {
		err := install.Interpreter{Prefix: t.TempDir(), Minor: 14}.Trim(false)
		Expect(err).To(MatchError(ContainSubstring("slimming CPython: reading python3.14: ")))
	})
}

// filesOf lists all files under dir, sorted.
func filesOf(dir string) []string {
	var list []string
	_ = fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			list = append(list, path)
		}
		return err
	})
	sort.Strings(list)
	return list
}

// pack writes the files of dir into a tar.gz, under a folder.
func pack(t *testing.T, file, dir, folder string) {
	t.Helper()
	Expect := NewWithT(t).Expect
	out, err := os.Create(file)
	Expect(err).NotTo(HaveOccurred())
	defer out.Close()
	zipped := gzip.NewWriter(out)
	archive := tar.NewWriter(zipped)
	for _, name := range filesOf(dir) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		Expect(err).NotTo(HaveOccurred())
		Expect(archive.WriteHeader(&tar.Header{Name: folder + "/" + name, Mode: 0o644, Size: int64(len(data)), Typeflag: tar.TypeReg})).To(Succeed())
		_, err = archive.Write(data)
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(archive.Close()).To(Succeed())
	Expect(zipped.Close()).To(Succeed())
}
