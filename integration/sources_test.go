package integration_test

import (
	"crypto/sha256"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// utf16LE is a text as PowerShell's > writes it.
func utf16LE(text string) string {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(strings.ReplaceAll(text, "\n", "\r\n"))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return string(out)
}

func testSources(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const sdist = "docopt==0.6.2 --hash=sha256:49b3a825280bd66b3aa83585ef59c4a8c82f2c8a522dbe754a8bc8d08c85c491\n"
	plain := func(requirements string) map[string]string {
		return map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py\n", "requirements.txt": requirements}
	}
	content := string(wheel())
	pinned := fmt.Sprintf("private-thing==1.0 --hash=sha256:%x\n", sha256.Sum256([]byte(content)))

	for _, c := range []struct {
		name, requirements string
		env                []string
	}{
		{"options of requirements.txt", "--no-index\n--find-links ./wheels\nprivate-thing==1.0\n", nil},
		{"options of a lock", "--no-index\n--find-links ./wheels\n" + pinned, nil},
		{"variables of uv", pinned, []string{"UV_NO_INDEX=1", "UV_FIND_LINKS=./wheels"}},
		{"variables of pip", "private-thing\n", []string{"PIP_NO_INDEX=1", "PIP_FIND_LINKS=./wheels"}},
		{"a path with a hash", "./wheels/" + wheelName + strings.TrimPrefix(pinned, "private-thing==1.0"), nil},
	} {
		it("installs vendored wheels without a network: "+c.name, func() {
			a := newApp(t, plain(c.requirements))
			write(t, a.dir, map[string]string{"wheels/" + wheelName: content})
			flags := []string{"--network", "none"}
			for _, entry := range c.env {
				flags = append(flags, "--env", entry)
			}
			l := a.mustBuild(flags...)
			Expect(a.python("import private_thing, importlib.metadata as m; assert sorted(d.name for d in m.distributions()) == ['private-thing']")).To(BeEmpty())
			if strings.Contains(c.name, "pip") {
				Expect(l.building()).To(ContainSubstring("  Taking PIP_FIND_LINKS (as UV_FIND_LINKS), PIP_NO_INDEX (as UV_NO_INDEX)\n"))
			}
			Expect(a.mustBuild(flags...).exported("Adding")).To(BeEmpty())
		})
	}

	it("reads UTF-16 with includes, constraints, directories and options that uv does not take", func() {
		a := newApp(t, plain(utf16LE("# café\n-c more/limits.txt\n--prefer-binary\n--trusted-host index.example\n-r more/base.txt\nitsdangerous --config-settings=a=b\n")))
		write(t, a.dir, map[string]string{
			"more/limits.txt": utf16LE("itsdangerous<2.2\n"), "more/base.txt": "-e ./lib\n",
			"lib/pyproject.toml": "[project]\nname = \"lib\"\nversion = \"1\"\n", "lib/lib.py": "x = 1\n",
		})
		l := a.mustBuild()
		Expect(l.building()).To(ContainSubstring("  Ignoring what has no meaning here: --prefer-binary (requirements.txt, line 3)\n"))
		Expect(a.python("import lib, importlib.metadata as m; assert {d.name: d.version for d in m.distributions()} == {'itsdangerous': '2.1.2', 'lib': '1'}")).To(BeEmpty())
		Expect(a.mustBuild().exported("Adding")).To(BeEmpty())
	})

	it("builds a source distribution once, though its neighbors change", func() {
		a := newApp(t, plain(sdist))
		Expect(a.mustBuild().building()).To(ContainSubstring("  Built from source: docopt 0.6.2\n"))
		write(t, a.dir, map[string]string{"requirements.txt": sdist + hashed["requirements.txt"]})
		l := a.mustBuild().building()
		Expect(l).To(And(ContainSubstring("  Using the wheel built by an earlier build: docopt 0.6.2\n"), Not(ContainSubstring("Built from source"))))
		Expect(a.python("import docopt, itsdangerous")).To(BeEmpty())

		a.dropVolumes()
		write(t, a.dir, map[string]string{"requirements.txt": sdist})
		Expect(a.mustBuild().building()).To(ContainSubstring("  Built from source: docopt 0.6.2\n"))
	})

	// repository is a git repository of a package, owned by the user of the build, and the full id of its commit.
	repository := func() (string, string) {
		dir := filepath.Join(t.TempDir(), "greet.git")
		write(t, dir, map[string]string{"pyproject.toml": "[project]\nname = \"greet\"\nversion = \"1\"\n", "greet.py": "x = 1\n"})
		commit := ""
		for _, args := range []string{"init --quiet", "add .", "-c user.name=a -c user.email=a@example.org commit --quiet --message x", "rev-parse HEAD"} {
			out, err := exec.Command("git", append([]string{"-C", dir}, strings.Fields(args)...)...).CombinedOutput()
			Expect(err).NotTo(HaveOccurred(), string(out))
			commit = strings.TrimSpace(string(out))
		}
		docker(t, "run", "--rm", "--user", "0", "--volume", dir+":/greet.git", "--entrypoint", "chown", *builder, "--recursive", "1001:1000", "/greet.git")
		return dir, commit
	}

	it("installs a commit of a git repository, and asks for git where the build image has none", func() {
		dir, commit := repository()
		a := newApp(t, plain("-e git+file:///greet.git@"+commit+"#egg=greet\n"+hashed["requirements.txt"]))
		l, err := a.build("--volume", dir+":/greet.git")
		Expect(err).To(HaveOccurred())
		Expect(l.building()).To(ContainSubstring("Error: greet comes from a git repository and needs git, which the build image does not have\n"))

		git, err := exec.LookPath("git")
		Expect(err).NotTo(HaveOccurred())
		core, err := exec.Command(git, "--exec-path").Output()
		Expect(err).NotTo(HaveOccurred())
		path := strings.TrimSpace(string(core))
		with := []string{"--volume", dir + ":/greet.git", "--volume", git + ":/usr/bin/git", "--volume", path + ":" + path}
		l = a.mustBuild(with...)
		Expect(l.building()).To(And(ContainSubstring("  Using requirements.txt: 2 packages, all pinned and hashed\n"), ContainSubstring("  Built from source: greet\n")))
		Expect(a.python("import greet, itsdangerous")).To(BeEmpty())

		l = a.mustBuild() // nothing has to be fetched
		Expect(l.exported("Adding")).To(BeEmpty())
	})
}
