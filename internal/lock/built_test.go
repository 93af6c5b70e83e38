package lock_test

import (
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/lock"
)

func testBuilt(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const (
		project = "[project]\nname = \"My.App\"\nversion = \"1\"\n"
		system  = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n"
		poetry  = "[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n"
	)
	for _, c := range []struct {
		name, pyproject string
		files           []string
		want            lock.Built
	}{
		{"a build system", project + system, nil, lock.Built{Name: "my-app", Installable: true}},
		{"no build system", project, nil, lock.Built{Name: "my-app"}},
		{"uv's package = true", project + "[tool.uv]\npackage = true\n", nil, lock.Built{Name: "my-app", Installable: true}},
		{"uv's package = false", project + system + "[tool.uv]\npackage = false\n", nil, lock.Built{Name: "my-app"}},
		{"PDM's distribution = false", project + system + "[tool.pdm]\ndistribution = false\n", nil, lock.Built{Name: "my-app"}},
		{"Poetry's package-mode = false", "[tool.poetry]\nname = \"my-app\"\npackage-mode = false\n" + poetry, []string{"my_app/__init__.py"}, lock.Built{Name: "my-app"}},
		{"a dynamic version", "[project]\nname = \"my-app\"\ndynamic = [\"version\"]\n" + system, nil, lock.Built{Name: "my-app", Installable: true, Dynamic: true}},
		{"Poetry's version from git", "[tool.poetry]\nname = \"my-app\"\nversion = \"0\"\npackages = [{include = \"x\"}]\n[tool.poetry-dynamic-versioning]\nenable = true\n" + poetry, []string{"x/__init__.py"},
			lock.Built{Name: "my-app", Installable: true, Dynamic: true}},
		{"Poetry's package", "[tool.poetry]\nname = \"my-app\"\nversion = \"1\"\n" + poetry, []string{"my_app/__init__.py"}, lock.Built{Name: "my-app", Installable: true}},
		{"Poetry's module in src", project + poetry, []string{"src/my_app.py"}, lock.Built{Name: "my-app", Installable: true}},
		{"Poetry without a module of its name", project + poetry, []string{"app.py", "web/__init__.py"},
			lock.Built{Name: "my-app", Why: "it has no package or module named my_app, which its build system asks for"}},
		{"setup.py alone", "", nil, lock.Built{Installable: true, Dynamic: true}},
	} {
		it("reads "+c.name, func() {
			app := fstest.MapFS{}
			for _, name := range c.files {
				app["lib/"+name] = &fstest.MapFile{}
			}
			if c.pyproject != "" {
				app["lib/pyproject.toml"] = &fstest.MapFile{Data: []byte(c.pyproject)}
			}
			built, err := lock.ReadBuilt(app, "lib")
			Expect(err).NotTo(HaveOccurred())
			Expect(built).To(Equal(c.want))
		})
	}
}
