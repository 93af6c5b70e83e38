package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/command"
	"github.com/lockstep/python/internal/lock"
)

// UV is the installer, ready to run.
type UV struct {
	Path   string   // the program
	File   string   // the file of the app that the packages come from, for messages
	Cache  string   // a directory on the file system of the layers, so that installing is hard-linking
	AppDir string   // where a uv configuration and relative paths are looked for
	Env    []string // the environment of the build
	Run    command.Runner
	Out    io.Writer // what uv says goes here as it comes

	Credentials lock.Credentials // for URLs whose user and password are not kept
}

// Resolve resolves files of the app dir, or the requirements in text, once for this interpreter, and gives a pylock (PEP 751).
// args are files, extras and groups in the words of uv pip compile, "-" for the text.
func (u UV) Resolve(ctx context.Context, python Interpreter, args []string, text string) ([]byte, error) {
	var out bytes.Buffer
	args = slices.Concat([]string{"pip", "compile"}, args, []string{"--python", python.Python(), "--format", "pylock.toml", "--preview-features", "pylock",
		"--no-header", "--no-annotate", "--quiet"})
	err := u.run(ctx, strings.NewReader(text), &out, slices.Concat(passed, resolving), "resolve "+u.File, args...)
	return out.Bytes(), err
}

// Install installs packages, exactly these, into the virtual environment at prefix: those that say where their files are at
// once, the others from the index that each is pinned to. options are the lines that a requirements file gives the installer.
func (u UV) Install(ctx context.Context, prefix string, packages []lock.Package, options []string) error {
	byIndex := map[string][]lock.Package{}
	var located []lock.Package
	for _, p := range u.Credentials.Restore(anchored(packages, u.AppDir)) {
		if p.Located() {
			located = append(located, p)
		} else {
			byIndex[p.Index] = append(byIndex[p.Index], p)
		}
	}
	if text, ok := lock.WritePylock(located); ok && len(located) > 0 {
		if err := u.install(ctx, prefix, "pylock.toml", text, append([]string{"--preview-features", "pylock"}, u.indexes(options)...)...); err != nil {
			return err
		}
	}
	for _, index := range slices.Sorted(maps.Keys(byIndex)) {
		lines := lock.OptionsAt(options, u.AppDir)
		if index != "" {
			lines = []string{"--index-url " + u.Credentials.Add(index)}
		}
		if err := u.install(ctx, prefix, "requirements.txt", lock.WriteRequirements(byIndex[index], lines), "--require-hashes"); err != nil {
			return err
		}
	}
	return nil
}

// install gives uv one list of packages, as a file only the build can read: it may hold credentials.
func (u UV) install(ctx context.Context, prefix, name, text string, args ...string) error {
	dir, err := os.MkdirTemp(u.Cache, "list-")
	if err == nil {
		name = filepath.Join(dir, name)
		err = os.WriteFile(name, []byte(text), 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing the list of packages: %w", err)
	}
	args = append([]string{"pip", "install", "--python", filepath.Join(prefix, "bin", "python"), "--no-deps", "--no-compile-bytecode", "--quiet", "-r", name}, args...)
	return u.run(ctx, nil, nil, passed, "install the packages of "+u.File, args...)
}

var indexOption = regexp.MustCompile(`^(-i|--index-url|--extra-index-url)[= ]\s*(\S+)$`)

// indexes gives the index options of a requirements file as arguments, variables filled in. A pylock names every file by its
// URL; what uv learns here are the credentials in the URL of an index, which are never written to a pylock.
func (u UV) indexes(options []string) []string {
	var args []string
	for _, option := range options {
		if m := indexOption.FindStringSubmatch(option); m != nil {
			name := m[1]
			if name == "-i" {
				name = "--index-url"
			}
			args = append(args, name, lock.Expand(m[2], u.lookup))
		}
	}
	return args
}

func (u UV) lookup(name string) string {
	for _, entry := range u.Env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// anchored gives the packages with the app's paths made absolute.
func anchored(packages []lock.Package, app string) []lock.Package {
	packages = slices.Clone(packages)
	for i, p := range packages {
		if o := p.Origin; o != nil && o.Directory != "" && !filepath.IsAbs(o.Directory) {
			absolute := *o
			absolute.Directory = filepath.Join(app, o.Directory)
			packages[i].Origin = &absolute
		}
		if f := p.File; f != nil && !strings.Contains(f.URL, "://") && !filepath.IsAbs(f.URL) {
			absolute := *f
			absolute.URL = filepath.Join(app, f.URL)
			packages[i].File = &absolute
		}
	}
	return packages
}

// run runs uv with those of its variables that are allowed. On failure its words have been shown as they came, and the error says
// what they mean.
func (u UV) run(ctx context.Context, in io.Reader, out io.Writer, allowed []string, task string, args ...string) error {
	var said bytes.Buffer
	err := u.Run(ctx, command.Command{
		Path: u.Path,
		Args: args,
		Dir:  u.AppDir,
		Env:  u.environment(allowed),
		In:   in,
		Out:  out,
		Err:  io.MultiWriter(&said, u.Out),
	})
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	return explain(u.File, task, said.String(), err)
}

// passed are the variables of uv and pip's world that an owner may set; everything else of them would steer our installer
// into another cache, another interpreter or another target.
var passed = []string{
	"UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX", "UV_KEYRING_PROVIDER",
	"UV_INSECURE_HOST", "UV_HTTP_", "UV_OFFLINE", "UV_CONCURRENT_", "UV_NO_BUILD", "UV_BUILD_CONSTRAINT", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS",
}

// resolving are those that choose versions. They are passed to a resolution only: uv refuses some of them with a lock, and
// none may change what a lock says.
var resolving = []string{"UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER", "UV_NO_BINARY", "UV_TORCH_BACKEND", "UV_PRERELEASE", "UV_RESOLUTION"}

// Choosing lists the variables of an environment that choose versions, sorted: with others, a resolution has another result.
func Choosing(env []string) []string {
	var list []string
	for _, entry := range env {
		if startsWith(entry, resolving) {
			list = append(list, entry)
		}
	}
	slices.Sort(list)
	return list
}

// hostile are the prefixes of variables that are not passed on.
var hostile = []string{"UV_", "PIP_", "PYTHON", "VIRTUAL_ENV", "CONDA_", "PYENV_", "LD_", "GIT_DIR", "GIT_WORK_TREE", "CNB_", "SOURCE_DATE_EPOCH", "RUST_LOG"}

func (u UV) environment(allowed []string) []string {
	env := make([]string, 0, len(u.Env)+16)
	certs := true
	for _, entry := range u.Env {
		if startsWith(entry, allowed) || !startsWith(entry, hostile) {
			env = append(env, entry)
		}
		if startsWith(entry, []string{"UV_SYSTEM_CERTS=", "UV_NATIVE_TLS="}) {
			certs = false
		}
	}
	if certs && systemBundle() {
		env = append(env, "UV_SYSTEM_CERTS=1") // an image's bundle may hold a company's own authority
	}
	return append(env,
		"UV_CACHE_DIR="+u.Cache,
		"UV_LINK_MODE=hardlink",
		"UV_CONCURRENT_INSTALLS=1", // of two packages that bring the same script, the last one wins: always the same one
		"UV_NO_INSTALLER_METADATA=1",
		"UV_NO_PROGRESS=1",
		"UV_NO_SYSTEM_CONFIG=1",
		"UV_PYTHON_DOWNLOADS=never",
		"UV_NO_MANAGED_PYTHON=1",
		"SOURCE_DATE_EPOCH=315532801",
		"PYTHONHASHSEED=0",
		"NO_COLOR=1",
		"GIT_TERMINAL_PROMPT=0",
	)
}

func startsWith(text string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

func systemBundle() bool {
	for _, name := range []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"} {
		if _, err := os.Stat(name); err == nil {
			return true
		}
	}
	return false
}
