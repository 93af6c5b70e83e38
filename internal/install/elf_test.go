package install_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// library is an ELF file with these entries in its dynamic section, each "TAG value" (System V ABI, chapter 5).
func library(entries ...string) string {
	tags := map[string]elf.DynTag{"NEEDED": elf.DT_NEEDED, "RUNPATH": elf.DT_RUNPATH, "RPATH": elf.DT_RPATH}
	names := "\x00.dynamic\x00.dynstr\x00"
	strs, dynamic := "\x00", &bytes.Buffer{}
	for _, entry := range entries {
		tag, value, _ := strings.Cut(entry, " ")
		_ = binary.Write(dynamic, binary.LittleEndian, elf.Dyn64{Tag: int64(tags[tag]), Val: uint64(len(strs))})
		strs += value + "\x00"
	}
	_ = binary.Write(dynamic, binary.LittleEndian, elf.Dyn64{Tag: int64(elf.DT_NULL)})
	head := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1, Ehsize: 64, Shentsize: 64, Shnum: 4, Shstrndx: 3}
	copy(head.Ident[:], "\x7fELF\x02\x01\x01")
	at := uint64(64)
	section := func(name, kind, link uint32, size int) elf.Section64 {
		s := elf.Section64{Name: name, Type: kind, Link: link, Off: at, Size: uint64(size), Addralign: 1}
		at += uint64(size)
		return s
	}
	sections := []elf.Section64{{}, section(1, uint32(elf.SHT_DYNAMIC), 2, dynamic.Len()), section(10, uint32(elf.SHT_STRTAB), 0, len(strs)), section(10, uint32(elf.SHT_STRTAB), 0, len(names))}
	head.Shoff = at
	var out bytes.Buffer
	_ = binary.Write(&out, binary.LittleEndian, head)
	out.WriteString(dynamic.String() + strs + names)
	_ = binary.Write(&out, binary.LittleEndian, sections)
	return out.String()
}

func testELF(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect
	const site = "lib/python3.14/site-packages/"

	// linkage is that of a distribution with these files.
	linkage := func(files map[string]string) install.Linkage {
		prefix, record := t.TempDir(), ""
		for name := range files {
			rel, err := filepath.Rel(site, name)
			Expect(err).NotTo(HaveOccurred())
			record += rel + ",,\n"
		}
		tree(t, prefix, files)
		tree(t, prefix, map[string]string{site + "a-1.0.dist-info/RECORD": record})
		list, err := install.ReadDistributions(prefix, 14)
		Expect(err).NotTo(HaveOccurred())
		return list[0].Linkage
	}

	for _, c := range []struct {
		name  string
		files map[string]string
		want  install.Linkage
	}{
		{"nothing of a library that finds all in its own directories", map[string]string{
			site + "a/_a.so": library("NEEDED libb.so.1", "NEEDED libc.so.6", "RUNPATH $ORIGIN/../a.libs"), site + "a.libs/libb.so.1": library()},
			install.Linkage{Libraries: []string{"a.libs/libb.so.1"}}},
		{"nothing of a library that looks in the system alone", map[string]string{site + "a/_a.so": library("NEEDED libGL.so.1")}, install.Linkage{}},
		{"nothing of the system's libraries", map[string]string{
			site + "a/_a.so": library("NEEDED libstdc++.so.6", "NEEDED libm.so.6", "NEEDED ld-linux-x86-64.so.2", "RUNPATH $ORIGIN/../b")}, install.Linkage{}},
		{"what a library looks for in another's directories", map[string]string{
			site + "a/lib/liba.so": library("NEEDED libcublas.so.13", "NEEDED libnccl.so.2", "RUNPATH $ORIGIN:${ORIGIN}/../../nvidia/cu13/lib/:/usr/local/lib"),
			site + "a/_a.so":       library("NEEDED liba.so", "RUNPATH $ORIGIN/lib")},
			install.Linkage{Needs: []string{"libcublas.so.13", "libnccl.so.2"}, Reaches: []string{"a/lib", "nvidia/cu13/lib"}, Libraries: []string{"a/lib/liba.so"}}},
		{"the older RPATH, unless there is a RUNPATH", map[string]string{
			site + "a/_a.so": library("NEEDED libx.so", "RPATH $ORIGIN/../x"), site + "a/_b.so": library("NEEDED liby.so", "RPATH $ORIGIN/../ignored", "RUNPATH $ORIGIN/../y")},
			install.Linkage{Needs: []string{"libx.so", "liby.so"}, Reaches: []string{"x", "y"}}},
		{"libraries beside site-packages", map[string]string{
			site + "a/_a.so": library("NEEDED libmkl.so.2", "RUNPATH $ORIGIN/../../../"), "lib/libomp.so": library()},
			install.Linkage{Needs: []string{"libmkl.so.2"}, Reaches: []string{"../.."}, Libraries: []string{"../../libomp.so"}}},
		{"nothing outside of the prefix", map[string]string{site + "a/_a.so": library("NEEDED libx.so", "RUNPATH $ORIGIN/../../../../../lib:/opt/$ORIGIN/x")}, install.Linkage{}},
		{"that it embeds Python", map[string]string{"bin/uwsgi": library("NEEDED libpython3.14.so.1.0")}, install.Linkage{Embeds: true}},
	} {
		it("reads "+c.name, func() { Expect(linkage(c.files)).To(Equal(c.want)) })
	}
}
