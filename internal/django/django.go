// Package django collects the static files of a Django project at build: the app dir and an interpreter that has the app's
// packages go in, the files stand in STATIC_ROOT afterwards, and what comes out is everything that they were made from, so that the
// next build can tell whether they would be the same. Where the files are kept is build's business.
package django

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/command"
	"github.com/lockstep/python/internal/djangoenv"
)

//go:embed collect.py
var program string

// Project is a Django project of the app.
type Project struct {
	Dir      string // of manage.py, in the app dir: "." or "backend"
	Settings string // the module that the app is served with, as asgi.py or wsgi.py says; empty when they do not say
	HasRoot  bool   // STATIC_ROOT is mentioned somewhere
}

// passedOver are directories without source of the app that says anything about settings.
var passedOver = []string{"node_modules", "site-packages", "__pycache__", "migrations"}

// Find looks for a Django project: the manage.py that is highest up, at most two directories deep.
func Find(app fs.FS) (Project, bool) {
	for _, pattern := range []string{"manage.py", "*/manage.py", "*/*/manage.py"} {
		if names, err := fs.Glob(app, pattern); err == nil && len(names) > 0 { // sorted
			p := Project{Dir: path.Dir(names[0])}
			p.read(app)
			return p, true
		}
	}
	return Project{}, false
}

// read looks into the project's source.
func (p *Project) read(app fs.FS) {
	_ = fs.WalkDir(app, p.Dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // what cannot be read is told where the app is compiled
		}
		base := path.Base(name)
		if entry.IsDir() && name != p.Dir && (strings.HasPrefix(base, ".") || slices.Contains(passedOver, base)) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(base, ".py") {
			return nil
		}
		door := base == "asgi.py" || base == "wsgi.py"
		if p.HasRoot && !door {
			return nil
		}
		text, _ := fs.ReadFile(app, name)
		p.HasRoot = p.HasRoot || strings.Contains(string(text), "STATIC_ROOT")
		if door && p.Settings == "" {
			p.Settings, _ = djangoenv.Settings(text)
		}
		return nil
	})
}

// Collection is what collectstatic did and what it depended on. All paths are relative to the app dir, all lists sorted.
type Collection struct {
	Root         string   `json:"root"`         // STATIC_ROOT
	Committed    bool     `json:"committed"`    // files stood in it before
	Skipped      string   `json:"skipped"`      // why there is nothing
	Files        []string `json:"files"`        // read
	Dirs         []string `json:"dirs"`         // listed
	Names        []string `json:"names"`        // variables asked for
	Placeholders []string `json:"placeholders"` // those of them that were not set and were made up
	Failure      *Failure `json:"error"`
}

// Failure is an exception of the app.
type Failure struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Module  string `json:"module"` // that could not be imported
	File    string `json:"file"`   // of the app, where it happened; may be empty
	Line    int    `json:"line"`
}

// Run is what Collect needs.
type Run struct {
	Run     command.Runner
	Python  string    // of an environment that has the app's packages
	App     string    // the app dir
	Env     []string  // of the build
	Scratch string    // a directory for the report
	Out     io.Writer // what the app prints
}

// secret stands for the keys that settings ask for; nothing of it is kept.
const secret = "a-value-for-the-build-alone-that-nothing-is-ever-signed-with-0123456789"

// Collect runs collectstatic without a database and with made-up secrets. An error is ours; the app's own failure is in the result.
func (p Project) Collect(ctx context.Context, r Run) (Collection, error) {
	report := filepath.Join(r.Scratch, "collectstatic.json")
	err := r.Run(ctx, command.Command{
		Path: r.Python,
		Args: []string{"-c", program, r.App, report},
		Dir:  filepath.Join(r.App, p.Dir),
		Env:  p.environment(r.Env),
		Out:  r.Out,
		Err:  r.Out,
	})
	data, readErr := os.ReadFile(report)
	if readErr != nil {
		return Collection{}, fmt.Errorf("running collectstatic: %w", cmp.Or(err, readErr))
	}
	var c Collection
	if err := json.Unmarshal(data, &c); err != nil {
		return Collection{}, fmt.Errorf("reading what collectstatic did: %w", err)
	}
	return c, nil
}

// own are the prefixes of variables that would change how our interpreter runs.
var own = []string{"PYTHON", "VIRTUAL_ENV", "CNB_", "LD_"}

func (p Project) environment(env []string) []string {
	var out []string
	set := map[string]bool{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if slices.ContainsFunc(own, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			continue
		}
		set[name] = value != ""
		out = append(out, entry)
	}
	for _, made := range [][2]string{{"SECRET_KEY", secret}, {"DJANGO_SECRET_KEY", secret}, {"DJANGO_SETTINGS_MODULE", p.Settings}} {
		if !set[made[0]] && made[1] != "" {
			out = append(out, made[0]+"="+made[1])
		}
	}
	return append(out, "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1", "PYTHONUTF8=1")
}

// Digest is a hash of everything in the app dir and the environment that the collection depended on, as it is now. env gives the
// value of a variable; of what it is only the hash is kept.
func (c Collection) Digest(app fs.FS, env func(string) string) string {
	sum := sha256.New()
	for _, name := range c.Files {
		data, err := fs.ReadFile(app, name)
		fmt.Fprintf(sum, "file %s\x00%x %t\n", name, sha256.Sum256(data), err == nil)
	}
	for _, name := range c.Dirs {
		entries, _ := fs.ReadDir(app, cmp.Or(name, "."))
		for _, entry := range entries {
			if at := path.Join(name, entry.Name()); entry.Name() != "__pycache__" && at != c.Root {
				fmt.Fprintf(sum, "dir %s\x00%s\n", name, entry.Name())
			}
		}
	}
	for _, name := range c.Names {
		fmt.Fprintf(sum, "env %s\x00%x\n", name, sha256.Sum256([]byte(env(name))))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
