package lock_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/lock"
)

func BenchmarkPylock1000(b *testing.B) {
	var text strings.Builder
	text.WriteString("lock-version = \"1.0\"\ncreated-by = \"uv\"\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "\n[[packages]]\nname = \"package-%d\"\nversion = \"1.%d\"\nmarker = \"python_full_version >= '3.%d' or sys_platform == 'linux'\"\n"+
			"index = \"https://index.example/simple\"\nwheels = [\n", i, i, 8+i%8)
		for _, tag := range []string{"py3-none-any", "cp314-cp314-manylinux_2_17_x86_64", "cp314-cp314-win_amd64", "cp313-cp313-manylinux_2_17_x86_64"} {
			fmt.Fprintf(&text, "    { url = \"https://files.example/%060x/package_%d-1.%d-%s.whl\", size = %d, hashes = { sha256 = \"%064x\" } },\n", i, i, i, tag, 1000+i, i)
		}
		text.WriteString("]\n")
	}
	benchmark(b, lock.ReadPylockFile, "pylock.toml", files("pylock.toml", text.String()))
}

func BenchmarkRequirements1000(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "package-%d==1.%d ; python_full_version >= '3.%d' \\\n    --hash=sha256:%064x \\\n    --hash=sha256:%064x\n    # via app\n", i, i, 8+i%6, i, i+1000)
	}
	read := func(app fs.FS, name string, _ lock.Request) (lock.Lock, error) {
		r, err := lock.ReadRequirements(app, name, variables)
		if err != nil {
			return lock.Lock{}, err
		}
		return r.Lock()
	}
	benchmark(b, read, "requirements.txt", files("requirements.txt", text.String()))
}

// pdmLockOf writes a pdm.lock of n packages, and the manifest that asks for a tenth of them.
func pdmLockOf(n int, strategy string) (string, string) {
	var b, m strings.Builder
	fmt.Fprintf(&b, "[metadata]\ngroups = [\"default\"]\nstrategy = [%s]\nlock_version = \"4.5.1\"\ncontent_hash = \"md5:0\"\n[[metadata.targets]]\nrequires_python = \">=3.11\"\n", strategy)
	m.WriteString("[project]\nname = \"app\"\ndependencies = [\n")
	for i := range n {
		if i%10 == 0 {
			fmt.Fprintf(&m, "  \"package-%d>=1.0\",\n", i)
		}
		fmt.Fprintf(&b, "\n[[package]]\nname = \"package-%d\"\nversion = \"1.%d\"\nrequires_python = \">=3.9\"\nsummary = \"A package\"\ngroups = [\"default\", \"dev\"]\nmarker = \"python_version >= '3.9' or sys_platform == 'linux'\"\ndependencies = [\n", i, i)
		for _, next := range []int{i + 1, (i + 7) * 3, i / 2} {
			fmt.Fprintf(&b, "    \"package-%d<2,>=1.0; python_version < '3.%d' or sys_platform == 'linux'\",\n", next%n, 8+i%8)
		}
		b.WriteString("]\nfiles = [\n")
		for _, file := range wheelsOf(i) {
			fmt.Fprintf(&b, "    {file = \"%s\", hash = \"sha256:%064x\"},\n", file, i)
		}
		b.WriteString("]\n")
	}
	m.WriteString("]\n")
	return b.String(), m.String()
}

// wheelsOf are the files of a package: a compiled one in four has a wheel for each Python and platform.
func wheelsOf(i int) []string {
	list := []string{fmt.Sprintf("package_%d-1.%d.tar.gz", i, i)}
	if i%4 != 0 {
		return append(list, fmt.Sprintf("package_%d-1.%d-py3-none-any.whl", i, i))
	}
	for minor := 10; minor <= 14; minor++ {
		for _, platform := range []string{"macosx_11_0_arm64", "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_17_aarch64.manylinux2014_aarch64", "musllinux_1_2_x86_64", "win_amd64"} {
			list = append(list, fmt.Sprintf("package_%d-1.%d-cp3%d-cp3%d-%s.whl", i, i, minor, minor, platform))
		}
	}
	return list
}

func BenchmarkPDM1000(b *testing.B) {
	for _, strategy := range []string{`"inherit_metadata"`, ``} {
		text, manifest := pdmLockOf(1000, strategy)
		b.Run("strategy="+strategy, func(b *testing.B) {
			benchmark(b, lock.ReadPDM, "pdm.lock", files("pdm.lock", text, "pyproject.toml", manifest))
		})
	}
}

func BenchmarkPipfile1000(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"_meta": {"pipfile-spec": 6, "sources": [{"name": "pypi", "url": "https://index.example/simple", "verify_ssl": true}]}, "default": {`)
	for i := range 1000 {
		if i > 0 {
			text.WriteString(",")
		}
		hashes := []string{}
		for j := range len(wheelsOf(i)) {
			hashes = append(hashes, fmt.Sprintf("\"sha256:%064x\"", i*100+j))
		}
		fmt.Fprintf(&text, `"package-%d": {"version": "==1.%d", "markers": "python_version >= '3.9'", "hashes": [%s]}`, i, i, strings.Join(hashes, ", "))
	}
	text.WriteString(`}, "develop": {}}`)
	benchmark(b, lock.ReadPipfile, "Pipfile.lock", files("Pipfile.lock", text.String(), "Pipfile", "[packages]\npackage-1 = \"*\"\n"))
}
