package integration_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// app is an app dir and the image that is built from it.
type app struct {
	t     *testing.T
	dir   string
	image string
	key   string // what pack names the cache volumes after
	born  string // the creation time of its images, which no other app has: equal images would have one id, and removing one both
	old   []string
}

// births counts seconds of Unix time from the start of the suite.
var births = func() *atomic.Int64 {
	var start atomic.Int64
	start.Store(time.Now().Unix())
	return &start
}()

// newApp is an app of these files.
func newApp(t *testing.T, content map[string]string) *app {
	t.Helper()
	a := &app{t: t, dir: t.TempDir(), key: strings.ToLower(rand.Text()[:10]), born: strconv.FormatInt(births.Add(1), 10)}
	a.image = "lockstep/it-" + a.key
	write(t, a.dir, content)
	t.Cleanup(a.remove)
	return a
}

// sample is a copy of one of the sample apps, its lock file filled in.
func sample(t *testing.T, name string) *app {
	t.Helper()
	a := newApp(t, nil)
	materialize(t, filepath.Join("../samples", name), a.dir)
	return a
}

// fixture is a copy of an app of testdata/apps.
func fixture(t *testing.T, name string) *app {
	t.Helper()
	a := newApp(t, nil)
	if err := os.CopyFS(a.dir, os.DirFS(filepath.Join("testdata/apps", name))); err != nil {
		t.Fatal(err)
	}
	return a
}

func materialize(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command(filepath.Join(scripts, "materialize.sh"), from, to).CombinedOutput(); err != nil {
		t.Fatalf("copying %s: %v\n%s", from, err, out)
	}
}

// write writes files into a directory. A file without content is removed.
func write(t *testing.T, dir string, content map[string]string) {
	t.Helper()
	for name, text := range content {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if text == "" {
			err = errors.Join(err, os.RemoveAll(path))
		} else {
			err = errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// edit replaces a text that a file of the app has.
func (a *app) edit(name, from, to string) {
	a.t.Helper()
	data, err := os.ReadFile(filepath.Join(a.dir, name))
	if err != nil {
		a.t.Fatal(err)
	}
	if !strings.Contains(string(data), from) {
		a.t.Fatalf("%s has no %q", name, from)
	}
	write(a.t, a.dir, map[string]string{name: strings.ReplaceAll(string(data), from, to)})
}

// build runs pack build. An image of an earlier build of the app is the previous image, as for an owner.
func (a *app) build(flags ...string) (log, error) {
	a.t.Helper()
	before := a.id()
	args := append([]string{"build", a.image, "--path", a.dir, "--builder", *builder, "--pull-policy", "never",
		"--trust-builder", "--network", "host", "--creation-time", a.born}, flags...)
	out, err := a.pack(args...)
	if before != "" && before != a.id() {
		a.old = append(a.old, before) // the new one took its name
	}
	return log(out), err
}

// mustBuild is build for specs about what comes out of it.
func (a *app) mustBuild(flags ...string) log {
	a.t.Helper()
	l, err := a.build(flags...)
	if err != nil {
		a.t.Fatalf("pack build: %v\n%s", err, l)
	}
	return l
}

func (a *app) pack(args ...string) (string, error) {
	a.t.Helper()
	pack, err := filepath.Abs(filepath.Join(cache, "tools", "pack"))
	if err != nil {
		a.t.Fatal(err)
	}
	cmd := exec.Command(pack, args...)
	cmd.Env = append(os.Environ(), "PACK_HOME="+a.t.TempDir(), "PACK_VOLUME_KEY="+a.key)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// id is the image's, or nothing before there is one.
func (a *app) id() string {
	out, err := exec.Command("docker", "image", "inspect", "--format", "{{.Id}}", a.image).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// remove takes away image and volumes together: the lifecycle would have the engine save a previous image whose
// launch cache is gone.
func (a *app) remove() {
	for _, image := range append(a.old, a.image) {
		_ = exec.Command("docker", "image", "rm", "--force", image).Run()
	}
	a.dropVolumes()
}

func (a *app) dropVolumes() {
	for _, volume := range strings.Fields(docker(a.t, "volume", "ls", "--quiet", "--filter", "name=it-"+a.key)) {
		docker(a.t, "volume", "rm", "--force", volume)
	}
}

// docker runs the client and gives what it writes.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command("docker", args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("docker %s: %v\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String()
}

// hostile is an environment that breaks builds which trust it.
func hostile() []string {
	var flags []string
	for _, name := range []string{"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONPYCACHEPREFIX", "PIP_TARGET", "PIP_PREFIX",
		"PIP_CONFIG_FILE", "UV_CACHE_DIR", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_TARGET", "UV_CONFIG_FILE", "VIRTUAL_ENV", "CONDA_PREFIX",
		"HOME", "TMPDIR", "XDG_CACHE_HOME"} {
		flags = append(flags, "--env", name+"=/nonsense")
	}
	for _, entry := range []string{"PYTHONOPTIMIZE=2", "PYTHONHASHSEED=7", "SOURCE_DATE_EPOCH=1", "UV_SYSTEM_PYTHON=1", "UV_COMPILE_BYTECODE=1", "PIP_USER=1", "PIP_REQUIRE_VIRTUALENV=1", "PIP_NO_INPUT=nonsense", "PIP_NO_DEPS=nonsense"} {
		flags = append(flags, "--env", entry)
	}
	return flags
}
