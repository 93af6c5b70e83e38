package lock_test

import (
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/lock"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testRequirements(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	app := func(files map[string]string) fstest.MapFS {
		out := fstest.MapFS{}
		for name, text := range files {
			out[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return out
	}
	digest := func(files map[string]string, values map[string]string) string {
		r, err := lock.ReadRequirements(app(files), "requirements.txt", func(name string) string { return values[name] })
		Expect(err).NotTo(HaveOccurred())
		return r.Digest
	}

	it("changes the digest with everything that a resolution depends on, and with nothing else", func() {
		files := func(changed, text string) map[string]string {
			all := map[string]string{
				"requirements.txt":   "-r base.txt\n-c limits.txt\n-e ./lib[x]\nother @ file:other\nsix @ https://${TOKEN}@files.example/six.whl\n",
				"base.txt":           "click\n",
				"limits.txt":         "click<9\n",
				"lib/pyproject.toml": "[project]\n",
				"lib/setup.py":       "setup()\n",
				"other/setup.cfg":    "[options]\n",
				"other.txt":          "idna\n",
			}
			all[changed] += text
			return all
		}
		values := map[string]string{"TOKEN": "a", "OTHER": "b"}
		base := digest(files("other.txt", ""), values)
		Expect(digest(files("other.txt", "more"), values)).To(Equal(base))
		Expect(digest(files("other.txt", ""), map[string]string{"TOKEN": "a"})).To(Equal(base))

		Expect(digest(files("other.txt", ""), map[string]string{"TOKEN": "b"})).NotTo(Equal(base))
		for _, name := range []string{"requirements.txt", "base.txt", "limits.txt", "lib/pyproject.toml", "lib/setup.py", "other/setup.cfg"} {
			Expect(digest(files(name, "#"), values)).NotTo(Equal(base), name)
		}
	})

	it("does not expand a variable in lower case, as pip does not", func() {
		files := map[string]string{"requirements.txt": "six @ https://${token}@files.example/six.whl\n"}
		Expect(digest(files, map[string]string{"token": "a"})).To(Equal(digest(files, nil)))
	})

	it("tells a lock by every requirement being pinned and hashed", func() {
		for text, locked := range map[string]bool{
			"":                                     false,
			"--index-url https://index.example":    false,
			"six==1.17.0 --hash=sha256:aa":         true,
			"six===1.17.0 --hash=sha256:aa":        true,
			"six[x] == 1.17.0 --hash sha256:aa":    true,
			"six==1.17.0":                          false,
			"six==1.* --hash=sha256:aa":            false,
			"six>=1.17.0 --hash=sha256:aa":         false,
			"six --hash=sha256:aa":                 false,
			"six==1.17.0 --hash=sha256:aa\n-e.":    false,
			"six==1.17.0 --hash=sha256:aa\n./lib":  false,
			"six==1.17.0 --hash=sha256:aa\n--pre":  true,
			"six==1.17.0 --hash=sha256:aa\nclick":  false,
			"./lib --hash=sha256:aa":               false,
			"a @ https://x.example/a.whl --hash=a": false,
		} {
			r, err := lock.ReadRequirements(app(map[string]string{"requirements.txt": text}), "requirements.txt", variables)
			Expect(err).NotTo(HaveOccurred())
			Expect(r.Locked()).To(Equal(locked), text)
		}
	})

	it("refuses hashes on some requirements only, and names the first without", func() {
		bare := func(text string) error {
			r, err := lock.ReadRequirements(app(map[string]string{"requirements.txt": text}), "requirements.txt", variables)
			Expect(err).NotTo(HaveOccurred())
			return r.Bare()
		}
		Expect(bare("six==1.17.0\nclick==8.3.0\n")).To(Succeed())
		Expect(bare("six==1.17.0 --hash=sha256:aa\nclick==8.3.0 --hash=sha256:bb\n")).To(Succeed())
		Expect(bare("six==1.17.0 --hash=sha256:aa\nclick==8.3.0\n")).To(MatchError(ContainSubstring("requirements.txt, line 2")))
	})

	it("refuses to make a lock of requirements that are none", func() {
		r, err := lock.ReadRequirements(app(map[string]string{"requirements.txt": "six"}), "requirements.txt", variables)
		Expect(err).NotTo(HaveOccurred())
		_, err = r.Lock()
		Expect(err).To(MatchError("reading a lock from requirements that are not pinned"))
	})

	it("leaves a file that is not there to its caller, who knows why it was to be read", func() {
		_, err := lock.ReadRequirements(app(nil), "requirements.txt", variables)
		Expect(err).To(MatchError(HavePrefix("reading requirements.txt: ")))
	})

	it("writes hashed requirements after the options that a file can have", func() {
		packages := []lock.Package{
			{Name: "six", Version: "1.17.0", Hashes: []string{"sha256:aa", "sha512:bb"}},
			{Name: "click", Version: "8.3.0", File: &lock.File{SHA256: "cc"}, Hashes: []string{"sha256:not this one"}},
		}
		Expect(lock.WriteRequirements(packages, []string{"--no-index", "--prerelease allow", "--allow-insecure-host index.example"})).To(Equal(
			"--no-index\nsix==1.17.0 --hash=sha256:aa --hash=sha512:bb\nclick==8.3.0 --hash=sha256:cc\n"))
	})

	it("gives the other options to uv's command line, those that choose versions to a resolution only", func() {
		options := []string{"--prerelease allow", "--no-index", "--config-settings-package six:a=b c", "--prerelease-package six=allow", "--allow-insecure-host index.example"}
		Expect(lock.Arguments(options, false)).To(Equal([]string{"--config-settings-package", "six:a=b c", "--allow-insecure-host", "index.example"}))
		Expect(lock.Arguments(options, true)).To(HaveLen(8))
	})

	it("knows which options decide how a package is built", func() {
		options := []string{"--config-settings-package six:a=b", "--config-settings-package six-more:c=d", "--no-binary Six,click", "--only-binary :all:", "--no-index"}
		Expect(lock.BuildSettings(options, "six")).To(Equal("six:a=b --no-binary --only-binary"))
		Expect(lock.BuildSettings(options, "idna")).To(Equal("--only-binary"))
		Expect(lock.BuildSettings(nil, "six")).To(BeEmpty())
	})

	it("translates a file for uv: one file, of the app dir, with the variables and hashes that it has", func() {
		r, err := lock.ReadRequirements(app(map[string]string{
			"requirements.txt": "-r more/base.txt\n-c limits.txt\n--pre\nsix @ https://${TOKEN}@files.example/six-1.0.tar.gz\n",
			"more/base.txt":    "--find-links wheels\n-e ./lib\nclick==8.3.0 \\\n  --hash=sha256:aa\n-r https://files.example/r.txt\n",
			"limits.txt":       "click<9\n",
		}), "requirements.txt", variables)
		Expect(err).NotTo(HaveOccurred())
		requirements, constraints := r.Translation()
		Expect(requirements).To(Equal("--find-links ./more/wheels\n./lib\nclick==8.3.0 --hash=sha256:aa\n-r https://files.example/r.txt\n" +
			"six @ https://${TOKEN}@files.example/six-1.0.tar.gz\n"))
		Expect(constraints).To(Equal("click<9\n"))
	})

	it("makes the paths in options absolute and leaves the others", func() {
		Expect(lock.OptionsAt([]string{"--find-links ./wheels", "--find-links a/../b", "--find-links /srv/wheels", "--find-links https://files.example/x",
			"--find-links ${LINKS}", "--index-url https://index.example/simple", "--index-url ./mirror", "--prerelease allow", "--no-binary :all:"}, "/app")).To(Equal(
			[]string{"--find-links /app/wheels", "--find-links /app/b", "--find-links /srv/wheels", "--find-links https://files.example/x",
				"--find-links ${LINKS}", "--index-url https://index.example/simple", "--index-url /app/mirror", "--prerelease allow", "--no-binary :all:"}))
	})
}
