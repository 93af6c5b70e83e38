package lock_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

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
	benchmark(b, "pylock.toml", text.String(), func(app fstest.MapFS) (lock.Lock, error) {
		return lock.ReadPylockFile(app, "pylock.toml", lock.Request{})
	})
}

func BenchmarkRequirements1000(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "package-%d==1.%d ; python_full_version >= '3.%d' \\\n    --hash=sha256:%064x \\\n    --hash=sha256:%064x\n    # via app\n", i, i, 8+i%6, i, i+1000)
	}
	benchmark(b, "requirements.txt", text.String(), func(app fstest.MapFS) (lock.Lock, error) {
		r, err := lock.ReadRequirements(app, "requirements.txt", variables)
		if err != nil {
			return lock.Lock{}, err
		}
		return r.Lock()
	})
}

func benchmark(b *testing.B, name, text string, read func(fstest.MapFS) (lock.Lock, error)) {
	app := fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
	env := environment("3.14.6 x86_64")
	for b.Loop() {
		l, err := read(app)
		if err != nil {
			b.Fatal(err)
		}
		packages, err := lock.Select(l, env)
		if err != nil || len(packages) != 1000 {
			b.Fatal(len(packages), err)
		}
	}
}
