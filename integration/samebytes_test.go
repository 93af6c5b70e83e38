package integration_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// Two whole images, which differ in the time of the build and of the sources, time zone, locale, hash seed and name of the app. What
// only a container of our own can vary, such as the clock, testMachines does.
func testSameBytes(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		name string
		app  func() *app
	}{
		{"the sample with the most kinds of packages", func() *app { return sample(t, "fastapi") }},
		{"an app with a package that is built from source", func() *app { return newApp(t, sdist) }},
	} {
		it("makes the same image twice of "+c.name, func() {
			first, second := c.app(), c.app()
			second.born = first.born
			old := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
			Expect(filepath.WalkDir(second.dir, func(path string, _ fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				return os.Chtimes(path, old, old)
			})).To(Succeed())
			first.mustBuild()
			second.mustBuild("--env", "TZ=Asia/Tokyo", "--env", "LC_ALL=POSIX", "--env", "PYTHONHASHSEED=7", "--env", "SOURCE_DATE_EPOCH=1700000000",
				"--env", "UV_CONCURRENT_INSTALLS=1", "--env", "UV_CONCURRENT_DOWNLOADS=1")
			Expect(changed(first.layers(), second.layers())).To(BeEmpty())
			Expect(second.id()).To(Equal(first.id()))
		})
	}
}

// sdist is an app with a package that has no wheel.
var sdist = map[string]string{
	"requirements.txt": "docopt==0.6.2 --hash=sha256:49b3a825280bd66b3aa83585ef59c4a8c82f2c8a522dbe754a8bc8d08c85c491\n",
	"main.py":          "import docopt\n",
	"Procfile":         "web: python main.py\n",
}
