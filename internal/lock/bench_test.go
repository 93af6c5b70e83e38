package lock_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/lock"
)

// uvLockOf writes a uv.lock of n packages, with as many wheels, dependencies and markers as a project's have.
func uvLockOf(n int) string {
	var b strings.Builder
	b.WriteString("version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \"app\"\nversion = \"1.0\"\n" +
		"source = { virtual = \".\" }\ndependencies = [\n")
	for i := 0; i < n; i += 10 {
		fmt.Fprintf(&b, "    { name = \"package-%d\" },\n", i)
	}
	b.WriteString("]\n\n[package.metadata]\nrequires-dist = [\n")
	for i := 0; i < n; i += 10 {
		fmt.Fprintf(&b, "    { name = \"package-%d\", specifier = \">=1.0\" },\n", i)
	}
	b.WriteString("]\n")
	for i := range n {
		fmt.Fprintf(&b, "\n[[package]]\nname = \"package-%d\"\nversion = \"1.%d\"\nsource = { registry = \"https://index.example/simple\" }\ndependencies = [\n", i, i)
		for _, next := range []int{i + 1, (i + 7) * 3, i / 2} {
			fmt.Fprintf(&b, "    { name = \"package-%d\", marker = \"python_full_version < '3.%d' or sys_platform == 'linux'\" },\n", next%n, 8+i%8)
		}
		file := func(name string) string {
			return fmt.Sprintf("{ url = \"https://files.example/packages/%02x/%02x/%060x/%s\", hash = \"sha256:%064x\", size = %d, upload-time = \"2026-01-01T00:00:00.000Z\" }",
				i%256, i%251, i, name, i, 1000+i)
		}
		fmt.Fprintf(&b, "]\nsdist = %s\nwheels = [\n", file(fmt.Sprintf("package_%d-1.%d.tar.gz", i, i)))
		tags := []string{"py3-none-any"}
		if i%4 == 0 { // compiled ones have a wheel for each Python and platform
			tags = nil
			for minor := 10; minor <= 14; minor++ {
				for _, platform := range []string{"macosx_11_0_arm64", "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_17_aarch64.manylinux2014_aarch64",
					"musllinux_1_2_x86_64", "win_amd64"} {
					tags = append(tags, fmt.Sprintf("cp3%d-cp3%d-%s", minor, minor, platform))
				}
			}
		}
		for _, tag := range tags {
			b.WriteString("    " + file(fmt.Sprintf("package_%d-1.%d-%s.whl", i, i, tag)) + ",\n")
		}
		b.WriteString("]\n")
	}
	return b.String()
}

// manifestOf writes the manifest of the same project.
func manifestOf(n int) string {
	var b strings.Builder
	b.WriteString("[project]\nname = \"app\"\nversion = \"1.0\"\nrequires-python = \">=3.11\"\ndependencies = [\n")
	for i := 0; i < n; i += 10 {
		fmt.Fprintf(&b, "    \"package-%d>=1.0\",\n", i)
	}
	b.WriteString("]\n")
	return b.String()
}

// benchmark does what a build does with a lock of 1,000 packages before it installs: reading, checking and selecting. What counts
// is cpu-ms/op.
func benchmark(b *testing.B, read lock.Reader, name string, app fstest.MapFS) {
	env := environment("3.14.6 x86_64")
	b.SetBytes(int64(len(app[name].Data)))
	golden.Loop(b, func() {
		l, err := read(app, name, lock.Request{})
		if err != nil {
			b.Fatal(err)
		}
		packages, err := lock.Select(l, env)
		if err != nil || len(packages) != 1000 {
			b.Fatal(len(packages), err)
		}
	})
}

func BenchmarkUV1000(b *testing.B) {
	benchmark(b, lock.ReadUV, "uv.lock", files("uv.lock", uvLockOf(1000), "pyproject.toml", manifestOf(1000)))
}

// poetryLockOf writes a poetry.lock of n packages and its manifest, of lock-version 2.1 or 2.0.
func poetryLockOf(n int, version string) (file, manifest string) {
	var b, m strings.Builder
	m.WriteString("[tool.poetry]\nname = \"app\"\npackage-mode = false\n[tool.poetry.dependencies]\npython = \"^3.11\"\n")
	for i := range n {
		fmt.Fprintf(&m, "package-%d = \"^1.0\"\n", i)
		fmt.Fprintf(&b, "[[package]]\nname = \"package-%d\"\nversion = \"1.%d\"\noptional = false\npython-versions = \">=3.8\"\n", i, i)
		if version == "2.1" {
			fmt.Fprintf(&b, "groups = [\"main\", \"dev\"]\nmarkers = \"python_version < \\\"3.%d\\\" or sys_platform == \\\"linux\\\"\"\n", 8+i%8)
		}
		b.WriteString("files = [\n")
		for k := range 8 {
			tag := fmt.Sprintf("cp3%d-cp3%d-manylinux_2_17_x86_64.manylinux2014_x86_64", 8+k, 8+k)
			fmt.Fprintf(&b, "    {file = \"package_%d-1.%d-%s.whl\", hash = \"sha256:%064x\"},\n", i, i, tag, i)
		}
		b.WriteString("]\n[package.dependencies]\n")
		next := map[int]bool{(i + 1) % n: true, (i + 7) * 3 % n: true, i / 2: true} // each once, or it would be no TOML
		for k := range next {
			fmt.Fprintf(&b, "package-%d = {version = \">=1.0\", markers = \"sys_platform == \\\"linux\\\"\"}\n", k)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "[metadata]\nlock-version = \"%s\"\npython-versions = \"^3.11\"\ncontent-hash = \"\"\n", version)
	return string(lock.WithContentHash([]byte(b.String()), []byte(m.String()))), m.String()
}

func benchmarkPoetry(b *testing.B, version string) {
	file, manifest := poetryLockOf(1000, version)
	benchmark(b, lock.ReadPoetry, "poetry.lock", files("poetry.lock", file, "pyproject.toml", manifest))
}

// The two ways of reading poetry.lock.
func BenchmarkPoetry1000(b *testing.B)     { benchmarkPoetry(b, "2.1") }
func BenchmarkPoetryWalk1000(b *testing.B) { benchmarkPoetry(b, "2.0") }
