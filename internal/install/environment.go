package install

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/lock"
)

// passed are the variables of uv and pip's world that an owner may set; everything else of them would steer our installer
// into another cache, another interpreter or another target.
var passed = []string{
	"UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX", "UV_KEYRING_PROVIDER",
	"UV_INSECURE_HOST", "UV_HTTP_", "UV_OFFLINE", "UV_CONCURRENT_", "UV_GIT_LFS", "UV_BUILD_CONSTRAINT", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS",
}

// resolving are those that choose versions. They are passed to a resolution only: uv refuses some of them with a lock, and
// none may change what a lock says.
var resolving = []string{"UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "UV_TORCH_BACKEND", "UV_PRERELEASE", "UV_RESOLUTION"}

// Choosing lists the variables of an environment that choose versions, sorted: with others, a resolution has another result.
func Choosing(env []string) []string {
	var list []string
	env, _ = TranslatePip(env, true)
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

func (u UV) environment(resolves bool) ([]string, error) {
	allowed := passed
	if resolves {
		allowed = slices.Concat(passed, resolving)
	}
	config, err := u.config(resolves)
	if err != nil {
		return nil, err
	}
	authorities, err := u.gitAuthorities()
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
	return append(append(env, authorities...),
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
		config,
	), err
}

// placing and building are those of uv's settings that count in the app's uv.toml or tool.uv, as the variables above do: where packages
// come from and how they are built. Others, such as pip.target, would send an installation elsewhere or take something out of it.
var placing = []string{
	"index", "index-url", "extra-index-url", "find-links", "no-index", "index-strategy", "keyring-provider", "allow-insecure-host",
	"native-tls", "system-certs", "http-proxy", "https-proxy", "no-proxy", "offline", "concurrent-builds", "concurrent-downloads",
}

var building = []string{
	"no-build", "no-build-package", "no-sources", "no-sources-package", "dependency-metadata", "build-constraint-dependencies",
	"extra-build-dependencies", "extra-build-variables", "config-settings", "config-settings-package",
}

// choosing are those that choose versions and files, which a lock has done already.
var choosing = []string{
	"constraint-dependencies", "override-dependencies", "exclude-dependencies", "prerelease", "resolution", "fork-strategy", "exclude-newer",
	"exclude-newer-package", "no-binary", "no-binary-package", "only-binary", "torch-backend",
}

// config is the variable that gives uv these settings, in a file of ours: it looks for no other then, also not for the user's own.
func (u UV) config(resolves bool) (string, error) {
	const none = "UV_NO_CONFIG=1"
	name := filepath.Base(u.File)
	if slices.Contains([]string{"poetry.lock", "pdm.lock", "Pipfile.lock"}, name) {
		return none, nil // a [tool.uv] beside the lock of another tool has no say in it
	}
	keys := slices.Concat(placing, building)
	if resolves {
		keys = append(keys, choosing...)
	}
	text, err := lock.UVConfig(os.DirFS(u.AppDir), u.AppDir, keys, name != "uv.lock" && !strings.HasPrefix(name, "pylock."))
	if err != nil || text == nil {
		return none, err
	}
	files, err := u.write(map[string]string{"uv.toml": string(text)})
	return "UV_CONFIG_FILE=" + files["uv.toml"], err
}

// gitAuthorities lets git trust whom uv trusts: it reads neither SSL_CERT_FILE nor SSL_CERT_DIR, which is how the ca-certificates
// buildpack and owners name a company's own authority.
func (u UV) gitAuthorities() ([]string, error) {
	dirs := filepath.SplitList(u.lookup("SSL_CERT_DIR"))
	file := u.lookup("SSL_CERT_FILE")
	if u.lookup("GIT_SSL_CAINFO") != "" || file == "" && len(dirs) == 0 {
		return nil, nil
	}
	var bundle strings.Builder
	for _, dir := range dirs {
		found, _ := filepath.Glob(filepath.Join(u.absolute(dir), "*")) // the pattern is not malformed
		for _, name := range found {
			data, _ := os.ReadFile(name) // uv says what is wrong with it
			bundle.Write(append(data, '\n'))
		}
	}
	if bundle.Len() == 0 {
		return []string{"GIT_SSL_CAINFO=" + u.absolute(file)}, nil
	}
	data, _ := os.ReadFile(u.absolute(file))
	bundle.Write(data)
	files, err := u.write(map[string]string{"authorities.pem": bundle.String()})
	return []string{"GIT_SSL_CAINFO=" + files["authorities.pem"]}, err
}

// absolute is a path of the app dir for a program that runs elsewhere.
func (u UV) absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(u.AppDir, path)
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
