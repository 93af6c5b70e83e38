package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/archive"
)

func everything(string) bool { return true }

func file(name, content string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content)), PAXRecords: map[string]string{"LOCKSTEP.content": content}}
}

func symlink(name, target string) tar.Header {
	return tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777}
}

func hardlink(name, target string) tar.Header {
	return tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: target, Mode: 0o644}
}

func dir(name string) tar.Header {
	return tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o700}
}

// write makes a tar.gz of the entries and gives its path.
func write(t *testing.T, entries ...tar.Header) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "release.tar.gz")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	zip := gzip.NewWriter(out)
	defer zip.Close()
	files := tar.NewWriter(zip)
	defer files.Close()
	for _, entry := range entries {
		content := entry.PAXRecords["LOCKSTEP.content"]
		entry.PAXRecords = nil
		if err := files.WriteHeader(&entry); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// tree describes what stands in a directory: mode, name, and what a file holds or a link says.
func tree(t *testing.T, root string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		line := info.Mode().String() + " " + name
		switch {
		case info.Mode().IsRegular():
			content, err := os.ReadFile(path)
			line += " = " + string(content)
			list = append(list, line)
			return err
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			list = append(list, "link "+name+" → "+target)
			return err
		}
		list = append(list, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func testUnpack(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		root   string
	)

	it.Before(func() { root = t.TempDir() })

	it("strips the first component and sets modes that owe nothing to the archive or the umask", func() {
		defer syscall.Umask(syscall.Umask(0o077))
		program := file("python/bin/python3.14", "program")
		program.Mode = 0o4711
		path := write(t, dir("python"), dir("python/lib/empty/"), program, symlink("python/bin/python", "python3.14"),
			hardlink("python/bin/same", "python/bin/python3.14"), file("./python/lib/a.py", "a"), symlink("python/lib/up", "../bin/python"))
		Expect(archive.Unpack(path, root, everything)).To(Succeed())
		Expect(tree(t, root)).To(Equal([]string{
			"drwxr-xr-x bin",
			"link bin/python → python3.14",
			"-rwxr-xr-x bin/python3.14 = program",
			"-rwxr-xr-x bin/same = program",
			"drwxr-xr-x lib",
			"-rw-r--r-- lib/a.py = a",
			"drwxr-xr-x lib/empty",
			"link lib/up → ../bin/python",
		}))
	})

	it("keeps what is wanted, by the name without its first component", func() {
		var asked []string
		path := write(t, file("uv-x86_64/uv", "uv"), file("uv-x86_64/uvx", "uvx"), file("uv-x86_64/docs/a", "a"))
		Expect(archive.Unpack(path, root, func(name string) bool {
			asked = append(asked, name)
			return name == "uv"
		})).To(Succeed())
		Expect(asked).To(Equal([]string{"uv", "uvx", "docs/a"}))
		Expect(tree(t, root)).To(Equal([]string{"-rw-r--r-- uv = uv"}))
	})

	it("passes over what has no second component", func() {
		path := write(t, tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header"}, dir("python"), file("README", "x"))
		Expect(archive.Unpack(path, root, everything)).To(Succeed())
		Expect(tree(t, root)).To(BeEmpty())
	})
}

func testRefusals(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	// Each archive is unpacked into the directory "inside" of a directory that holds the file "outside" besides.
	for _, c := range []struct {
		name    string
		entries []tar.Header
		want    string // part of the message
	}{
		{"a name that climbs", []tar.Header{file("python/../../outside", "x")}, `entry "python/../../outside": leaves the directory it is unpacked to`},
		{"a name that begins with a climb", []tar.Header{file("../outside", "x")}, "leaves the directory"},
		{"an absolute name", []tar.Header{file("/python/outside", "x")}, "leaves the directory"},
		{"an absolute symlink", []tar.Header{symlink("python/a", "/etc/passwd")}, "leaves the directory"},
		{"a symlink that climbs out", []tar.Header{symlink("python/a/b", "../../outside")}, "leaves the directory"},
		{"a symlink that climbs out at its end", []tar.Header{symlink("python/a", "..")}, "leaves the directory"},
		{"a symlink that climbs out through a directory", []tar.Header{dir("python/a"), symlink("python/b", "a/../../outside")}, "leaves the directory"},
		{"a symlink that climbs behind another symlink", []tar.Header{
			symlink("python/a/b/top", "../.."), symlink("python/a/b/out", "top/../outside"),
		}, "leaves the directory"},
		{"a symlink that is unpacked through another, and climbs from there", []tar.Header{
			symlink("python/a/b/top", "../.."), symlink("python/a/b/top/out", "../outside"),
		}, "stands behind something that is no directory"},
		{"a file that is written through a symlink", []tar.Header{symlink("python/a", "lib"), dir("python/lib"), file("python/a/x", "x")}, "stands behind something that is no directory"},
		{"a file that is written to a symlink", []tar.Header{file("python/b", "b"), symlink("python/a", "b"), file("python/a", "x")}, "file exists"},
		{"a directory in the place of a symlink", []tar.Header{symlink("python/a", "lib"), dir("python/lib"), dir("python/a")}, "stands behind something that is no directory"},
		{"a directory in the place of a file", []tar.Header{file("python/a", "a"), file("python/a/b", "b")}, "stands behind something that is no directory"},
		{"a hard link to a file outside", []tar.Header{hardlink("python/a", "python/../../outside")}, "leaves the directory"},
		{"a hard link to an absolute name", []tar.Header{hardlink("python/a", "/etc/passwd")}, "leaves the directory"},
		{"a hard link to a symlink, which points elsewhere from its new place", []tar.Header{
			symlink("python/a/b/s", "../../x"), hardlink("python/s", "python/a/b/s"),
		}, "is a hard link to something that is not a file"},
		{"a hard link to what is not there", []tar.Header{hardlink("python/a", "python/b")}, "no such file"},
		{"the same file twice", []tar.Header{file("python/a", "1"), file("python/a", "2")}, "file exists"},
		{"a device", []tar.Header{{Typeflag: tar.TypeChar, Name: "python/null", Devmajor: 1, Devminor: 3}}, `has the type '3', which no release has`},
		{"a named pipe", []tar.Header{{Typeflag: tar.TypeFifo, Name: "python/pipe"}}, "which no release has"},
	} {
		it("refuses "+c.name, func() {
			around := t.TempDir()
			inside, outside := filepath.Join(around, "inside"), filepath.Join(around, "outside")
			Expect(os.Mkdir(inside, 0o755)).To(Succeed())
			Expect(os.WriteFile(outside, []byte("untouched"), 0o644)).To(Succeed())

			err := archive.Unpack(write(t, c.entries...), inside, everything)
			Expect(err).To(MatchError(ContainSubstring("unpacking release.tar.gz: entry ")))
			Expect(err).To(MatchError(ContainSubstring(c.want)))

			Expect(os.ReadFile(outside)).To(BeEquivalentTo("untouched"))
			for _, line := range tree(t, inside) {
				name, target, isLink := strings.Cut(strings.TrimPrefix(line, "link "), " → ")
				if isLink {
					Expect(filepath.Join(inside, filepath.Dir(name), target)).To(HavePrefix(inside), line)
				}
			}
		})
	}

	it("refuses an archive that ends early, wherever it is cut", func() {
		whole, err := os.ReadFile(write(t, file("python/a", strings.Repeat("content ", 1000)), file("python/b", "b")))
		Expect(err).NotTo(HaveOccurred())
		for length := range len(whole) {
			path := filepath.Join(t.TempDir(), "cut.tar.gz")
			Expect(os.WriteFile(path, whole[:length], 0o644)).To(Succeed())
			Expect(archive.Unpack(path, t.TempDir(), everything)).To(MatchError(HavePrefix("unpacking cut.tar.gz: ")), "%d of %d bytes", length, len(whole))
		}
	})

	it("refuses an archive with a wrong checksum of its own", func() {
		path := write(t, file("python/a", "a"))
		data, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		data[len(data)-8] ^= 1
		Expect(os.WriteFile(path, data, 0o644)).To(Succeed())
		Expect(archive.Unpack(path, t.TempDir(), everything)).To(MatchError(gzip.ErrChecksum))
	})

	it("refuses what is no archive", func() {
		path := filepath.Join(t.TempDir(), "page.tar.gz")
		Expect(os.WriteFile(path, bytes.Repeat([]byte("<html>"), 10), 0o644)).To(Succeed())
		Expect(archive.Unpack(path, t.TempDir(), everything)).To(MatchError(gzip.ErrHeader))
		Expect(archive.Unpack(path+".none", t.TempDir(), everything)).To(MatchError(fs.ErrNotExist))
		Expect(archive.Unpack(write(t), filepath.Join(t.TempDir(), "none"), everything)).To(MatchError(fs.ErrNotExist))
	})
}
