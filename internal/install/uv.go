package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
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
	input, err := u.input(args)
	if err != nil {
		return nil, err
	}
	for i, arg := range input {
		if strings.Contains(arg, "://") { // of an index
			input[i] = u.Credentials.Whole(arg, u.lookup)
		}
	}
	args = slices.Concat([]string{"pip", "compile"}, input, []string{"--python", python.Python(), "--format", "pylock.toml", "--preview-features", "pylock",
		"--no-header", "--no-annotate", "--quiet"})
	var out bytes.Buffer
	err = u.run(ctx, strings.NewReader(text), &out, true, "resolve "+u.File, args...)
	return out.Bytes(), err
}

// input gives the arguments with each requirements file replaced by its translation (lock.Requirements.Translation).
func (u UV) input(args []string) ([]string, error) {
	var list []string
	for i, arg := range args {
		isValue := i > 0 && strings.HasPrefix(args[i-1], "--")
		if isValue || strings.HasPrefix(arg, "-") || slices.Contains([]string{".toml", ".py", ".cfg"}, filepath.Ext(arg)) {
			list = append(list, arg)
			continue
		}
		translated, err := u.translate(arg)
		if err != nil {
			return nil, err
		}
		list = append(list, translated...)
	}
	return list, nil
}

func (u UV) translate(name string) ([]string, error) {
	requirements, err := lock.ReadRequirements(os.DirFS(u.AppDir), name, u.lookup)
	if err != nil {
		return nil, err
	}
	requirements.Options = lock.OptionsAt(requirements.Options, u.AppDir)
	text, constraints := requirements.Translation()
	if name := lock.Unset(text+constraints, u.lookup); name != "" {
		return nil, unsetVariable(u.File, name)
	}
	files, err := u.write(map[string]string{"requirements.txt": text, "constraints.txt": constraints})
	if err != nil {
		return nil, err
	}
	args := []string{files["requirements.txt"]}
	if constraints != "" {
		args = append(args, "--constraints", files["constraints.txt"])
	}
	return append(args, lock.Arguments(requirements.Options, true)...), nil
}

// Install installs packages, exactly these, into the virtual environment at prefix: those that say where their files are at
// once, the others from the index that each is pinned to. options are the lines that a requirements file gives the installer.
func (u UV) Install(ctx context.Context, prefix string, packages []lock.Package, options []string) error {
	if name := u.unset(packages, options); name != "" {
		return unsetVariable(u.File, name)
	}
	byIndex := map[string][]lock.Package{}
	var located []lock.Package
	for _, p := range u.Credentials.Restore(anchored(packages, u.AppDir), u.lookup) {
		switch {
		case !p.Located():
			byIndex[p.Index] = append(byIndex[p.Index], p)
		case p.Origin == nil && strings.HasPrefix(p.File.URL, "http") && u.withoutIndex():
			byIndex[""] = append(byIndex[""], p) // its file is taken from UV_FIND_LINKS, by its hash
		default:
			located = append(located, p)
		}
	}
	options = lock.OptionsAt(options, u.AppDir)
	settings := lock.Arguments(options, false)
	if text, ok := lock.WritePylock(located); ok && len(located) > 0 {
		args := slices.Concat([]string{"--preview-features", "pylock"}, u.indexes(options), settings)
		if err := u.install(ctx, prefix, "pylock.toml", text, args...); err != nil {
			return err
		}
	}
	for _, index := range slices.Sorted(maps.Keys(byIndex)) {
		lines := options
		if index != "" {
			lines = []string{"--index-url " + index}
		}
		args := append([]string{"--require-hashes"}, settings...)
		if err := u.install(ctx, prefix, "requirements.txt", lock.WriteRequirements(byIndex[index], lines), args...); err != nil {
			return err
		}
	}
	return nil
}

// unset names a variable that a URL or an option needs and that has no value.
func (u UV) unset(packages []lock.Package, options []string) string {
	texts := slices.Concat(options, slices.Sorted(maps.Values(u.Credentials)))
	for _, p := range packages {
		texts = append(texts, p.Index)
		if p.Origin != nil {
			texts = append(texts, p.Origin.VCS, p.Origin.URL)
		}
		if p.File != nil {
			texts = append(texts, p.File.URL)
		}
	}
	return lock.Unset(strings.Join(texts, "\n"), u.lookup)
}

// withoutIndex tells whether the owner wants everything from directories that the build has. uv pip does not read the variable.
func (u UV) withoutIndex() bool {
	return on(u.lookup("UV_NO_INDEX"))
}

// install gives uv one list of packages, as a file only the build can read: it may hold credentials.
func (u UV) install(ctx context.Context, prefix, name, text string, args ...string) error {
	files, err := u.write(map[string]string{name: text})
	if err != nil {
		return err
	}
	args = append([]string{"pip", "install", "--python", filepath.Join(prefix, "bin", "python"), "--no-deps", "--no-compile-bytecode", "--quiet", "-r", files[name]}, args...)
	return u.run(ctx, nil, nil, false, "install the packages of "+u.File, args...)
}

// Built lists the wheels that uv has built from source, sorted. uv keeps them in its cache beside the unpacked sources (src),
// which may hold wheels of their own.
func (u UV) Built() ([]string, error) {
	var list []string
	err := filepath.WalkDir(u.Cache, func(path string, entry fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(u.Cache, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "src" || rel != "." && !strings.HasPrefix(rel, "sdists-")):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".whl"):
			list = append(list, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the wheels that uv built: %w", err)
	}
	return list, nil
}

// BroughtRust tells whether a build has installed what downloads a Rust toolchain: maturin asks for it where there is none.
func (u UV) BroughtRust() bool {
	found, err := filepath.Glob(filepath.Join(u.Cache, "wheels-*", "*", "puccinialin*"))
	deeper, _ := filepath.Glob(filepath.Join(u.Cache, "wheels-*", "*", "*", "puccinialin*"))
	return err == nil && len(found)+len(deeper) > 0
}

// write puts texts into files that only the build can read, for they may hold credentials, and gives their paths.
func (u UV) write(texts map[string]string) (map[string]string, error) {
	dir, err := os.MkdirTemp(u.Cache, "list-")
	files := map[string]string{}
	for name, text := range texts {
		files[name] = filepath.Join(dir, name)
		if err == nil {
			err = os.WriteFile(files[name], []byte(text), 0o600)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("writing the list of packages: %w", err)
	}
	return files, nil
}

// sources are the options of a requirements file that say where packages come from.
var sources = []string{"--index-url", "--extra-index-url", "--find-links", "--no-index"}

// indexes gives these options as arguments, variables filled in. A pylock names every file by its URL; what uv learns here are the
// credentials in the URL of an index, which are never written to a pylock, and where it finds what building an sdist needs.
func (u UV) indexes(options []string) []string {
	var args []string
	for _, option := range options {
		name, value, hasValue := strings.Cut(option, " ")
		if !slices.Contains(sources, name) {
			continue
		}
		if args = append(args, name); hasValue {
			args = append(args, lock.Expand(value, u.lookup))
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
		if f := p.File; f != nil && f.URL != "" && !strings.Contains(f.URL, "://") && !filepath.IsAbs(f.URL) {
			absolute := *f
			absolute.URL = filepath.Join(app, f.URL)
			packages[i].File = &absolute
		}
	}
	return packages
}

// run runs uv, with what chooses versions if it resolves. On failure its words have been shown as they came, and the error says
// what they mean.
func (u UV) run(ctx context.Context, in io.Reader, out io.Writer, resolves bool, task string, args ...string) error {
	if u.withoutIndex() {
		args = append(args, "--no-index")
	}
	env, err := u.environment(resolves)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	err = u.Run(ctx, command.Command{
		Path: u.Path,
		Args: args,
		Dir:  u.AppDir,
		Env:  env,
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
