package install_test

import (
	"bytes"
	stdcontext "context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/command"
	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testUV(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		cache  string
		ran    []command.Command
		uv     install.UV
	)

	it.Before(func() {
		cache, ran = t.TempDir(), nil
		uv = install.UV{Path: "/tools/uv", Cache: cache, AppDir: "/app", File: "requirements.txt", Env: []string{"PATH=/bin"}, Out: io.Discard}
		uv.Run = remembered(&ran, func(command.Command) error { return nil })
	})

	// listed is the file that -r names, and the arguments with a fixed name for it.
	listed := func() (string, []string) {
		args := append([]string(nil), ran[0].Args...)
		for i, arg := range args {
			if i > 0 && args[i-1] == "-r" {
				text, err := os.ReadFile(arg)
				Expect(err).NotTo(HaveOccurred())
				args[i] = filepath.Base(arg)
				return string(text), args
			}
		}
		return "", args
	}

	six := lock.Package{Name: "six", Version: "1.17.0", File: &lock.File{Name: "six-1.17.0-py3-none-any.whl", URL: "https://files.example/six-1.17.0-py3-none-any.whl", SHA256: "aa"}}

	it("resolves a manifest with the interpreter of the build, without a word but errors", func() {
		uv.Run = remembered(&ran, func(c command.Command) error {
			_, err := io.WriteString(c.Out, "lock-version")
			return err
		})
		out, err := uv.Resolve(stdcontext.Background(), install.Interpreter{Prefix: "/layers/cpython/prefix", Minor: 14}, []string{"-", "pyproject.toml", "--group", "ops"}, ".[web]")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(out)).To(Equal("lock-version"))
		Expect(ran).To(HaveLen(1))
		Expect(ran[0].Path).To(Equal("/tools/uv"))
		Expect(ran[0].Dir).To(Equal("/app"))
		Expect(io.ReadAll(ran[0].In)).To(BeEquivalentTo(".[web]"))
		Expect(strings.Join(ran[0].Args, " ")).To(Equal("pip compile - pyproject.toml --group ops --python /layers/cpython/prefix/bin/python3.14" +
			" --format pylock.toml --preview-features pylock --no-header --no-annotate --quiet"))
	})

	it("resolves with the credentials of an index that the manifest names without them", func() {
		uv.Credentials = lock.Credentials{"index.example/simple": "user:s3cret"}
		_, err := uv.Resolve(stdcontext.Background(), install.Interpreter{Prefix: "/cpython", Minor: 14}, []string{"-", "--index-url", "https://index.example/simple"}, "six")
		Expect(err).NotTo(HaveOccurred())
		Expect(ran[0].Args).To(ContainElement("https://user:s3cret@index.example/simple"))
	})

	it("resolves a requirements file in its translation", func() {
		uv.AppDir = t.TempDir()
		tree(t, uv.AppDir, map[string]string{"requirements.txt": "--pre\n--trusted-host index.example\n-c limits.txt\n-e ./lib --config-settings a=b\n--no-index\n",
			"limits.txt": "six<2\n", "lib/pyproject.toml": "[project]\nname = 'lib'\n"})
		_, err := uv.Resolve(stdcontext.Background(), install.Interpreter{Prefix: "/cpython", Minor: 14}, []string{"requirements.txt"}, "")
		Expect(err).To(MatchError(ContainSubstring("--config-settings is for a package whose name the line does not say")))
		tree(t, uv.AppDir, map[string]string{"requirements.txt": "--pre\n--trusted-host index.example\n-c limits.txt\n-e ./lib\nsix --config-settings a=b\n--no-index\n-f wheels\n"})
		_, err = uv.Resolve(stdcontext.Background(), install.Interpreter{Prefix: "/cpython", Minor: 14}, []string{"requirements.txt"}, "")
		Expect(err).NotTo(HaveOccurred())
		args := ran[0].Args
		Expect(os.ReadFile(args[2])).To(BeEquivalentTo("--no-index\n--find-links " + uv.AppDir + "/wheels\n./lib\nsix\n"))
		Expect(os.ReadFile(args[4])).To(BeEquivalentTo("six<2\n"))
		Expect(strings.Join(append([]string{"…", args[3], "…"}, args[5:11]...), " ")).To(Equal(
			"… --constraints … --prerelease allow --allow-insecure-host index.example --config-settings-package six:a=b"))
	})

	it("asks for a variable that has no value before it runs uv", func() {
		uv.AppDir = t.TempDir()
		tree(t, uv.AppDir, map[string]string{"requirements.txt": "--index-url https://${TOKEN}@index.example/simple\nsix\n"})
		_, err := uv.Resolve(stdcontext.Background(), install.Interpreter{}, []string{"requirements.txt"}, "")
		Expect(err).To(MatchError("requirements.txt asks for the variable TOKEN, which has no value in this build\n" +
			"  where: requirements.txt\n  fix: give it to the build: pack build --env TOKEN=…"))
		private := lock.Package{Name: "six", Version: "1.17.0", Index: "https://${name}@index.example/simple", Hashes: []string{"sha256:aa"}}
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{private}, nil)).To(MatchError(ContainSubstring("the variable name,")))
		uv.Credentials = lock.Credentials{"files.example": "user:${PASSWORD}"} // as they stand in the file when it has no value
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(MatchError(ContainSubstring("the variable PASSWORD,")))
		Expect(ran).To(BeEmpty())
	})

	it("fills in the variables of an index for the installer alone", func() {
		uv.Env = append(uv.Env, "name=user:s3cret")
		private := lock.Package{Name: "six", Version: "1.17.0", Index: "https://${name}@index.example/simple", Hashes: []string{"sha256:aa"}}
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{private}, nil)).To(Succeed())
		text, _ := listed()
		Expect(text).To(HavePrefix("--index-url https://user:s3cret@index.example/simple\n"))
		Expect(private.Index).To(Equal("https://${name}@index.example/simple"))
	})

	it("asks each index of one host with its own credentials", func() {
		uv.Credentials = lock.Credentials{"index.example/red/simple": "a:1", "index.example/blue/simple": "b:2"}
		at := func(name, index string) lock.Package {
			return lock.Package{Name: pep508.Name(name), Version: "1", Index: "https://index.example/" + index + "/simple", Hashes: []string{"sha256:aa"}}
		}
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{at("x", "red"), at("y", "blue")}, nil)).To(Succeed())
		for _, want := range []string{"--index-url https://a:1@index.example/red/simple\nx==1", "--index-url https://b:2@index.example/blue/simple\ny==1"} {
			text, _ := listed()
			Expect(text).To(HavePrefix(want))
			ran = ran[1:]
		}
	})

	it("takes what has a URL from UV_FIND_LINKS, by its hash, when there is to be no index", func() {
		uv.Env = append(uv.Env, "UV_NO_INDEX=1", "UV_FIND_LINKS=wheels")
		local := lock.Package{Name: "flat", Version: "1.0", File: &lock.File{Name: "flat-1.0-py3-none-any.whl", URL: "vendor/flat-1.0-py3-none-any.whl", SHA256: "bb"}}
		vendored := lock.Package{Name: "click", Version: "1.0", File: &lock.File{Name: "click-1.0-py3-none-any.whl", URL: "file:///app/wheels/click-1.0-py3-none-any.whl"}}
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six, local, vendored}, nil)).To(Succeed())
		text, _ := listed()
		Expect(text).To(And(ContainSubstring("flat"), ContainSubstring("click"), Not(ContainSubstring("six"))))
		ran = ran[1:]
		text, args := listed()
		Expect(text).To(Equal("six==1.17.0 --hash=sha256:aa\n"))
		Expect(args[len(args)-1]).To(Equal("--no-index")) // uv pip does not read the variable
	})

	// config is the uv.toml that uv was given in its first run, or nothing.
	config := func() string {
		for _, entry := range ran[0].Env {
			if name, ok := strings.CutPrefix(entry, "UV_CONFIG_FILE="); ok {
				text, err := os.ReadFile(name)
				Expect(err).NotTo(HaveOccurred())
				return string(text)
			}
		}
		Expect(ran[0].Env).To(ContainElement("UV_NO_CONFIG=1"))
		return ""
	}
	const settings = `target = "elsewhere"
no-binary-package = ["six"]
required-version = "==0.1"
constraint-dependencies = ["six<1"]
config-settings = {a = "b"}
extra-build-dependencies = {six = ["cffi", {requirement = "idna", match-runtime = true}]}
find-links = ["./wheels", "https://files.example"]
[[index]]
name = "private"
url = "simple"
[pip]
prefix = "/elsewhere"
no-deps = true
no-build = true
index-url = "https://index.example/simple"
`
	const installing = `find-links = ["%[1]s/wheels", "https://files.example"]

[config-settings]
  a = "b"

[extra-build-dependencies]
  six = ["cffi", {match-runtime = true, requirement = "idna"}]

[[index]]
  name = "private"
  url = "%[1]s/simple"
`
	const pip = "\n[pip]\n  index-url = \"https://index.example/simple\"\n  no-build = true\n"

	it("takes where packages come from and how they are built out of the app's settings for uv, and nothing else", func() {
		uv.AppDir = t.TempDir()
		tree(t, uv.AppDir, map[string]string{"uv.toml": settings, "pyproject.toml": "[tool.uv]\noffline = true\n"})
		want := fmt.Sprintf(installing, uv.AppDir)
		for file, want := range map[string]string{"poetry.lock": "", "pdm.lock": "", "Pipfile.lock": "", "uv.lock": want, "pylock.prod.toml": want, "requirements.txt": want + pip} {
			uv.File, ran = file, nil
			Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(Succeed())
			Expect(config()).To(Equal(want), file)
		}
		uv.File, ran = "pyproject.toml", nil
		_, err := uv.Resolve(stdcontext.Background(), install.Interpreter{Prefix: "/cpython", Minor: 14}, []string{"pyproject.toml"}, "")
		Expect(err).NotTo(HaveOccurred())
		Expect(config()).To(And(HavePrefix("constraint-dependencies = [\"six<1\"]\n"), ContainSubstring("no-binary-package = [\"six\"]\n"), HaveSuffix(pip)))
	})

	it("takes them from tool.uv where there is no uv.toml", func() {
		uv.AppDir = t.TempDir()
		for text, want := range map[string]string{"offline = true\ntarget = \"/elsewhere\"\n": "offline = true\n", "target = \"/elsewhere\"\n": ""} {
			ran = nil
			tree(t, uv.AppDir, map[string]string{"pyproject.toml": "[tool.uv]\n" + text})
			Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(Succeed())
			Expect(config()).To(Equal(want))
		}
	})

	it("says where the settings are broken", func() {
		uv.AppDir = t.TempDir()
		tree(t, uv.AppDir, map[string]string{"uv.toml": "offline = yes\n"})
		err := uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)
		Expect(err).To(MatchError(ContainSubstring("  where: uv.toml, line 1\n")))
		Expect(ran).To(BeEmpty())
	})

	it("lists the wheels that uv built, not those in sources or downloads", func() {
		tree(t, cache, map[string]string{"sdists-v9/index/x/a/1/y/a-1-py3-none-any.whl": "", "sdists-v9/index/x/a/1/y/src/vendor/pip-1-py3-none-any.whl": "",
			"sdists-v9/git/x/y/b-1-py3-none-any.whl": "", "wheels-v6/pypi/c/c-1-py3-none-any.whl": "", "list-1/d-1-py3-none-any.whl": ""})
		Expect(uv.Built()).To(Equal([]string{filepath.Join(cache, "sdists-v9/git/x/y/b-1-py3-none-any.whl"), filepath.Join(cache, "sdists-v9/index/x/a/1/y/a-1-py3-none-any.whl")}))
		Expect(uv.BroughtRust()).To(BeFalse())
		tree(t, cache, map[string]string{"wheels-v6/index/x/puccinialin/": ""})
		Expect(uv.BroughtRust()).To(BeTrue())
	})

	it("installs a pylock", func() {
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(Succeed())
		text, args := listed()
		Expect(strings.Join(args, " ")).To(Equal("pip install --python /venv/bin/python --no-deps --no-compile-bytecode --quiet -r pylock.toml --preview-features pylock"))
		Expect(text).To(ContainSubstring(`url = "https://files.example/six-1.17.0-py3-none-any.whl"`))
	})

	it("leaves a file that a lock only names to the index, by its hash", func() {
		named := lock.Package{Name: "six", Version: "1.17.0", File: &lock.File{Name: "six-1.17.0-py3-none-any.whl", SHA256: "aa"}}
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{named}, nil)).To(Succeed())
		text, args := listed()
		Expect(text).To(Equal("six==1.17.0 --hash=sha256:aa\n"))
		Expect(args).To(ContainElement("--require-hashes"))
	})

	it("tells uv the indexes of a requirements file, for their credentials, when it installs a pylock", func() {
		uv.Env = append(uv.Env, "TOKEN=s3c$ret")
		options := []string{"--index-url https://user:${TOKEN}@index.example/simple", "--extra-index-url https://b.example/$x", "--no-binary six",
			"--find-links ./wheels", "--no-index", "--config-settings-package six:a=b"}
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, options)).To(Succeed())
		args := ran[len(ran)-1].Args
		Expect(args[len(args)-9:]).To(Equal([]string{"--index-url", "https://user:s3c$ret@index.example/simple", "--extra-index-url", "https://b.example/$x",
			"--find-links", "/app/wheels", "--no-index", "--config-settings-package", "six:a=b"}))
	})

	it("installs hashed requirements when the index has to choose a file, with the paths in options made absolute", func() {
		packages := []lock.Package{{Name: "six", Version: "1.17.0", Hashes: []string{"sha256:aa"}}}
		Expect(uv.Install(stdcontext.Background(), "/venv", packages, []string{"--find-links ./wheels", "--no-index"})).To(Succeed())
		text, args := listed()
		Expect(strings.Join(args, " ")).To(Equal("pip install --python /venv/bin/python --no-deps --no-compile-bytecode --quiet -r requirements.txt --require-hashes"))
		Expect(text).To(Equal("--find-links /app/wheels\n--no-index\nsix==1.17.0 --hash=sha256:aa\n"))
	})

	it("makes paths of the app absolute, for its list stands elsewhere, and leaves the packages as they were", func() {
		packages := []lock.Package{
			{Name: "archive", File: &lock.File{URL: "vendor/a.tar.gz", SHA256: "aa"}, Origin: &lock.Origin{URL: "vendor/a.tar.gz"}},
			{Name: "directory", Origin: &lock.Origin{Directory: "libs/x"}},
			{Name: "elsewhere", Origin: &lock.Origin{Directory: "/srv/x"}},
			{Name: "flat", File: &lock.File{Name: "flat.whl", URL: "vendor/flat.whl", SHA256: "aa"}},
			six,
		}
		Expect(uv.Install(stdcontext.Background(), "/venv", packages, nil)).To(Succeed())
		text, _ := listed()
		for _, line := range []string{`path = "/app/vendor/a.tar.gz"`, `path = "/app/libs/x"`, `path = "/srv/x"`, `path = "/app/vendor/flat.whl"`, `url = "https://files.example/`} {
			Expect(text).To(ContainSubstring(line))
		}
		Expect(packages[0].File.URL).To(Equal("vendor/a.tar.gz"))
		Expect(packages[1].Origin.Directory).To(Equal("libs/x"))
	})

	it("gives uv the environment of the build without what would steer it elsewhere", func() {
		kept := []string{
			"PATH=/bin", "HOME=/home", "TMPDIR=/tmp", "HTTPS_PROXY=http://proxy.example", "SSL_CERT_FILE=/certs", "NETRC=/netrc", "CFLAGS=-O2", "GIT_SSH_COMMAND=ssh",
			"UV_INDEX=https://index.example", "UV_INDEX_URL=https://index.example", "UV_INDEX_PRIVATE_PASSWORD=p", "UV_DEFAULT_INDEX=https://index.example", "UV_INDEX_STRATEGY=first-index",
			"UV_EXTRA_INDEX_URL=https://index.example", "UV_FIND_LINKS=/wheels", "UV_NO_INDEX=1", "UV_KEYRING_PROVIDER=subprocess", "UV_INSECURE_HOST=index.example",
			"UV_HTTP_TIMEOUT=5", "UV_OFFLINE=1", "UV_CONCURRENT_DOWNLOADS=1", "UV_SYSTEM_CERTS=0", "UV_GIT_LFS=1",
		}
		dropped := []string{
			"UV_CACHE_DIR=/elsewhere", "UV_PYTHON=3.9", "UV_TARGET=/elsewhere", "UV_PROJECT_ENVIRONMENT=/elsewhere", "UV_LINK_MODE=copy", "UV_COMPILE_BYTECODE=1",
			"UV_NO_VERIFY_HASHES=1", "UV_SYSTEM_PYTHON=1", "UV_CONFIG_FILE=/uv.toml", "UV_REQUIRE_HASHES=1", "UV_NO_CACHE=1", "UV_NO_BUILD=1", "UV_NO_BUILD_ISOLATION=1",
			"PIP_TARGET=/elsewhere", "PIP_INDEX_URL=https://pip.example", "PYTHONPATH=/elsewhere", "PYTHONHOME=/elsewhere", "PYTHONPYCACHEPREFIX=/elsewhere",
			"VIRTUAL_ENV=/elsewhere", "CONDA_PREFIX=/elsewhere", "PYENV_VERSION=3.9", "LD_LIBRARY_PATH=/elsewhere", "LD_PRELOAD=/x.so", "GIT_DIR=/elsewhere",
			"CNB_STACK_ID=x", "SOURCE_DATE_EPOCH=0", "RUST_LOG=trace",
		}
		uv.Env = append(append([]string(nil), kept...), dropped...)
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(Succeed())
		Expect(ran[0].Env).To(Equal(append(kept, "GIT_SSL_CAINFO=/certs",
			"UV_CACHE_DIR="+cache, "UV_LINK_MODE=hardlink", "UV_CONCURRENT_INSTALLS=1", "UV_NO_INSTALLER_METADATA=1", "UV_NO_PROGRESS=1", "UV_NO_SYSTEM_CONFIG=1", "UV_PYTHON_DOWNLOADS=never",
			"UV_NO_MANAGED_PYTHON=1", "SOURCE_DATE_EPOCH=315532801", "PYTHONHASHSEED=0", "NO_COLOR=1", "GIT_TERMINAL_PROMPT=0", "UV_NO_CONFIG=1")))
	})

	it("has git trust whom uv trusts", func() {
		given := func(env ...string) string {
			uv.Env, ran = env, nil
			Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(Succeed())
			for _, entry := range ran[0].Env {
				if value, ok := strings.CutPrefix(entry, "GIT_SSL_CAINFO="); ok {
					return value
				}
			}
			return ""
		}
		Expect(given()).To(BeEmpty())
		Expect(given("SSL_CERT_FILE=certs/all.pem")).To(Equal("/app/certs/all.pem"))
		Expect(given("SSL_CERT_FILE=/all.pem", "GIT_SSL_CAINFO=/git.pem")).To(Equal("/git.pem"))
		one, two := t.TempDir(), t.TempDir()
		tree(t, one, map[string]string{"a.0": "A\n", "b.0": "B"})
		tree(t, two, map[string]string{"all.pem": "C\n"})
		both, err := os.ReadFile(given("SSL_CERT_DIR="+one+":/nowhere", "SSL_CERT_FILE="+two+"/all.pem"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(both)).To(Equal("A\n\nB\nC\n"))
	})

	it("passes on what changes a resolution only to a resolution: with a lock, uv refuses it", func() {
		choices := []string{"UV_CONSTRAINT=c.txt", "UV_OVERRIDE=o.txt", "UV_PRERELEASE=allow", "UV_RESOLUTION=lowest", "UV_EXCLUDE_NEWER=2026-01-01", "UV_TORCH_BACKEND=cpu"}
		uv.Env = choices
		Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(Succeed())
		_, err := uv.Resolve(stdcontext.Background(), install.Interpreter{Prefix: "/cpython", Minor: 14}, []string{"pyproject.toml"}, "")
		Expect(err).NotTo(HaveOccurred())
		for _, choice := range choices {
			Expect(ran[0].Env).NotTo(ContainElement(choice))
			Expect(ran[1].Env).To(ContainElement(choice))
		}
	})

	it("shows uv's words as they come", func() {
		var out bytes.Buffer
		uv.Out = &out
		uv.Run = func(_ stdcontext.Context, c command.Command) error {
			_, err := io.WriteString(c.Err, "Something odd\n")
			return errors.Join(err, errors.New("exit status 2"))
		}
		err := uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)
		Expect(err).To(MatchError("uv could not install the packages of requirements.txt (exit status 2): see its words above\n  where: requirements.txt"))
		Expect(out.String()).To(Equal("Something odd\n"))
	})

	it("does not explain a build that was stopped", func() {
		ctx, cancel := stdcontext.WithCancel(stdcontext.Background())
		uv.Run = func(_ stdcontext.Context, c command.Command) error {
			cancel()
			_, err := io.WriteString(c.Err, "No space left on device\n")
			return errors.Join(err, errors.New("signal: killed"))
		}
		err := uv.Install(ctx, "/venv", []lock.Package{six}, nil)
		Expect(err).To(MatchError(stdcontext.Canceled))
		Expect(errors.As(err, new(*failure.Error))).To(BeFalse())
	})

	for _, c := range []struct{ file, says, fix string }{
		{"uv.lock", "unreachable-file", "the lock names the URL of each file"},
		{"pylock.prod.toml", "server-busy-file", "the lock names the URL of each file"},
		{"poetry.lock", "unreachable-hashed", "UV_DEFAULT_INDEX"},
		{"requirements/prod.txt", "unauthorized", "--index-url https://${USER}"},
		{"poetry.lock", "unauthorized-file", "POETRY_HTTP_BASIC_<NAME>_USERNAME"},
		{"Pipfile.lock", "forbidden-file", "in Pipfile"},
		{"uv.lock", "unauthorized-file", "UV_INDEX_<NAME>_USERNAME"},
	} {
		it("advises what helps with "+c.file+" when it is "+c.says, func() {
			words, err := os.ReadFile(filepath.Join("testdata/uv-says", c.says, "stderr"))
			Expect(err).NotTo(HaveOccurred())
			uv.File = c.file
			uv.Run = func(_ stdcontext.Context, command command.Command) error {
				_, err := command.Err.Write(words)
				return errors.Join(err, errors.New("exit status 1"))
			}
			Expect(uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)).To(MatchError(ContainSubstring(c.fix)))
		})
	}

	said, err := filepath.Glob("testdata/uv-says/*/stderr")
	if err != nil || len(said) == 0 {
		panic("no cases in testdata/uv-says")
	}
	for _, name := range said {
		dir := filepath.Dir(name)
		it("explains "+dir, func() {
			words, err := os.ReadFile(name)
			Expect(err).NotTo(HaveOccurred())
			uv.Run = func(_ stdcontext.Context, c command.Command) error {
				_, err := c.Err.Write(words)
				return errors.Join(err, errors.New("exit status 1"))
			}
			if file, e := os.ReadFile(filepath.Join(dir, "file")); e == nil {
				uv.File, uv.AppDir = strings.TrimSpace(string(file)), t.TempDir()
				tree(t, uv.AppDir, map[string]string{uv.File: "two\n"})
				_, err = uv.Resolve(stdcontext.Background(), install.Interpreter{}, []string{"requirements.txt"}, "")
			} else {
				err = uv.Install(stdcontext.Background(), "/venv", []lock.Package{six}, nil)
			}
			Expect(errors.As(err, new(*failure.Error))).To(BeTrue())
			golden.Compare(t, filepath.Join(dir, "want"), err.Error()+"\n")
		})
	}
}
