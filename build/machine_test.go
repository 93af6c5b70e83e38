package main_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	debugelf "debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	. "github.com/onsi/gomega"
	"github.com/paketo-buildpacks/packit/v2"

	main "github.com/lockstep/python/build"
	"github.com/lockstep/python/internal/command"
	"github.com/lockstep/python/internal/dependency"
)

// machine is a build container in which the programs that a build runs are played: uv installs packages of the sizes it is
// told, and the compiler writes what it was given. The lifecycle's part, restoring metadata, is played as well.
type machine struct {
	t        *testing.T
	app      string
	cnb      string
	layers   string
	sizes    map[string]int               // package → bytes; 1000 when not there
	files    map[string]map[string]string // package → more files of it, relative to site-packages
	installs [][]string                   // packages of each installation
	compiled []string
	fail     func(c command.Command) error
	env      []string
	plan     packit.BuildpackPlan
	time     time.Time
	distro   string // version of the image's Debian
}

// now is a clock that goes on by a tenth of a second whenever it is read.
func (m *machine) now() time.Time {
	m.time = m.time.Add(time.Second / 10)
	return m.time
}

func newMachine(t *testing.T) *machine {
	m := &machine{t: t, app: t.TempDir(), cnb: t.TempDir(), layers: filepath.Join(t.TempDir(), "layers"), sizes: map[string]int{}, time: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), distro: "12"}
	var pins strings.Builder
	pins.WriteString("[metadata.end-of-life]\n\"3.9\" = \"2025-10-31\"\n")
	for _, version := range []string{"3.14.6", "3.14.7", "3.13.9"} {
		minor := version[:strings.LastIndex(version, ".")]
		pins.WriteString(m.pin("cpython", version, map[string]string{"bin/python" + minor: "python " + version, "lib/python" + minor + "/os.py": "x = 1\n"}))
	}
	pins.WriteString(m.pin("uv", "0.12.5", map[string]string{"uv": "uv"}))
	m.write(m.cnb, "buildpack.toml", pins.String())
	m.write(m.cnb, "bin/launch", "helper")
	return m
}

func (m *machine) write(dir, name, content string) {
	m.t.Helper()
	path := filepath.Join(dir, name)
	Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
	Expect(os.WriteFile(path, []byte(content), 0o644)).To(Succeed())
}

// pin makes an archive inside the buildpack, as in an offline package, and its entry of buildpack.toml.
func (m *machine) pin(id, version string, files map[string]string) string {
	var archive bytes.Buffer
	zip := gzip.NewWriter(&archive)
	writer := tar.NewWriter(zip)
	for name, content := range files {
		Expect(writer.WriteHeader(&tar.Header{Name: id + "/" + name, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(content))})).To(Succeed())
		_, err := io.WriteString(writer, content)
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(writer.Close()).To(Succeed())
	Expect(zip.Close()).To(Succeed())
	sum := fmt.Sprintf("%x", sha256.Sum256(archive.Bytes()))
	m.write(m.cnb, "dependencies/"+sum, archive.String())
	return fmt.Sprintf("\n[[metadata.dependencies]]\nid = %q\nname = %q\nversion = %q\nbuild = \"1\"\nos = \"linux\"\narch = \"amd64\"\n"+
		"uri = \"file:///dependencies/%s\"\nchecksum = \"sha256:%s\"\n", id, id, version, sum, sum)
}

// build runs the build phase on a fresh layers directory that holds the metadata of the last image, and gives the log.
func (m *machine) build() (packit.BuildResult, string, error) {
	var out bytes.Buffer
	m.installs, m.compiled = nil, nil
	none := func(string) (dependency.Sources, error) {
		return dependency.Sources{Mirrors: map[string]string{}, Mappings: map[string]string{}}, nil
	}
	Expect(os.MkdirAll(m.layers, 0o755)).To(Succeed())
	result, err := main.Build(m.env, &out, m.now, m.run, none)(packit.BuildContext{
		BuildpackInfo: packit.BuildpackInfo{Name: "Lockstep Python", Version: "1.2.3"},
		CNBPath:       m.cnb,
		Layers:        packit.Layers{Path: m.layers},
		Plan:          m.plan,
		WorkingDir:    m.app,
		TargetInfo:    packit.TargetInfo{OS: "linux", Arch: "amd64"},
		TargetDistro:  packit.TargetDistro{Name: "debian", Version: m.distro},
	})
	return result, m.normalize(out.String()), err
}

// export plays exporter and restorer: only the metadata of launch layers reaches the next build.
func (m *machine) export(result packit.BuildResult) {
	Expect(os.RemoveAll(m.layers)).To(Succeed())
	Expect(os.MkdirAll(m.layers, 0o755)).To(Succeed())
	for _, layer := range result.Layers {
		if !layer.Launch || layer.Build {
			continue
		}
		var text bytes.Buffer
		Expect(toml.NewEncoder(&text).Encode(map[string]any{"metadata": layer.Metadata})).To(Succeed())
		m.write(m.layers, layer.Name+".toml", text.String())
	}
}

// made names the layers that have content, in the order of the result.
func (m *machine) made(result packit.BuildResult) []string {
	var names []string
	for _, layer := range result.Layers {
		if _, err := os.Stat(layer.Path); err == nil {
			names = append(names, layer.Name)
		}
	}
	return names
}

func (m *machine) normalize(log string) string {
	return strings.ReplaceAll(log, m.layers, "/layers")
}

func (m *machine) run(_ context.Context, c command.Command) error {
	if m.fail != nil {
		if err := m.fail(c); err != nil {
			return err
		}
	}
	if filepath.Base(c.Path) == "uv" {
		return m.uv(c)
	}
	return m.compile(c)
}

var name = regexp.MustCompile(`(?m)^(?:name = "([^"]+)"\nversion = "([^"]+)"|([a-z]+)==(\S+))`)

func (m *machine) uv(c command.Command) error {
	if c.Args[1] == "compile" {
		_, err := io.WriteString(c.Out, pylock("flask 3.1.0", "click 8.1.0"))
		return err
	}
	list, err := os.ReadFile(c.Args[slices.Index(c.Args, "-r")+1])
	Expect(err).NotTo(HaveOccurred(), strings.Join(c.Args, " "))
	venv := filepath.Dir(filepath.Dir(c.Args[3]))
	sites, err := filepath.Glob(filepath.Join(venv, "lib", "python3.*", "site-packages"))
	Expect(err).NotTo(HaveOccurred())
	var installed []string
	for _, found := range name.FindAllStringSubmatch(string(list), -1) {
		m.install(venv, sites[0], found[1]+found[3], found[2]+found[4])
		installed = append(installed, found[1]+found[3])
	}
	m.installs = append(m.installs, installed)
	return nil
}

func (m *machine) install(venv, site, name, version string) {
	size := m.sizes[name]
	if size == 0 {
		size = 1000
	}
	info := fmt.Sprintf("%s-%s.dist-info", name, version)
	m.write(site, name+"/__init__.py", strings.Repeat("#", size))
	m.write(venv, "bin/"+name, "#!python\n")
	m.write(site, info+"/METADATA", "Name: "+name)
	record := fmt.Sprintf("%s/__init__.py,,\n../../../bin/%s,,\n%s/METADATA,,\n%s/RECORD,,\n", name, name, info, info)
	for file, content := range m.files[name] {
		m.write(site, file, content)
		record += file + ",,\n"
	}
	m.write(site, info+"/RECORD", record)
}

func (m *machine) compile(c command.Command) error {
	in, err := io.ReadAll(c.In)
	Expect(err).NotTo(HaveOccurred())
	fields := strings.FieldsFunc(string(in), func(r rune) bool { return r == 0 })
	for i := 0; i+2 < len(fields); i += 3 {
		m.write(filepath.Dir(fields[i+2]), filepath.Base(fields[i+2]), "bytecode")
		m.compiled = append(m.compiled, fields[i+1])
	}
	return nil
}

// elf is a library that needs another, which it looks for in a directory (System V ABI, chapter 5).
func elf(needed, runpath string) string {
	names, strs := "\x00.dynamic\x00", "\x00"+needed+"\x00"+runpath+"\x00"
	dynamic := []debugelf.Dyn64{{Tag: int64(debugelf.DT_NEEDED), Val: 1}, {Tag: int64(debugelf.DT_RUNPATH), Val: uint64(len(needed) + 2)}, {}}
	head := debugelf.Header64{Type: uint16(debugelf.ET_DYN), Machine: uint16(debugelf.EM_X86_64), Version: 1, Ehsize: 64, Shentsize: 64, Shnum: 3, Shstrndx: 2, Shoff: 64}
	copy(head.Ident[:], "\x7fELF\x02\x01\x01")
	start := uint64(64 + 3*64)
	sections := []debugelf.Section64{{},
		{Name: 1, Type: uint32(debugelf.SHT_DYNAMIC), Link: 2, Off: start, Size: 48},
		{Name: 1, Type: uint32(debugelf.SHT_STRTAB), Off: start + 48, Size: uint64(len(strs) + len(names))}}
	var out bytes.Buffer
	for _, part := range []any{head, sections, dynamic} {
		Expect(binary.Write(&out, binary.LittleEndian, part)).To(Succeed())
	}
	return out.String() + strs + names
}

// pylock is a lock of pure-Python packages, each "name version".
func pylock(packages ...string) string {
	var b strings.Builder
	b.WriteString("lock-version = \"1.0\"\n")
	for _, p := range packages {
		name, version, _ := strings.Cut(p, " ")
		fmt.Fprintf(&b, "\n[[packages]]\nname = %q\nversion = %q\nwheels = [{ url = \"https://files.example/%s-%s-py3-none-any.whl\", hashes = { sha256 = \"%x\" } }]\n",
			name, version, name, version, sha256.Sum256([]byte(p)))
	}
	return b.String()
}

// uvLock is a uv.lock and its pyproject.toml for an app that needs these packages.
func (m *machine) uvLock(packages ...string) {
	var lock, roots, wishes, needs strings.Builder
	lock.WriteString("version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n")
	for _, p := range packages {
		name, version, _ := strings.Cut(p, " ")
		fmt.Fprintf(&lock, "\n[[package]]\nname = %q\nversion = %q\nsource = { registry = \"https://index.example/simple\" }\n"+
			"wheels = [{ url = \"https://files.example/%s-%s-py3-none-any.whl\", hash = \"sha256:%x\", size = 10 }]\n", name, version, name, version, sha256.Sum256([]byte(p)))
		fmt.Fprintf(&roots, "  { name = %q },\n", name)
		fmt.Fprintf(&wishes, "  { name = %q },\n", name)
		fmt.Fprintf(&needs, "  %q,\n", name)
	}
	fmt.Fprintf(&lock, "\n[[package]]\nname = \"app\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [\n%s]\n\n[package.metadata]\nrequires-dist = [\n%s]\n", roots.String(), wishes.String())
	m.write(m.app, "uv.lock", lock.String())
	m.write(m.app, "pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\n"+needs.String()+"]\n")
}
