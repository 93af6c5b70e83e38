package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/config"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/tree"
)

// unlocked is what has to be resolved: what uv is given, and what the result depends on.
type unlocked struct {
	args    []string // of uv pip compile: files, extras, groups
	text    string   // requirements, where the file of the app is none that uv reads
	content string   // digest of what it is made from beyond the file; "" when the file is all
	tree    bool     // it depends on files that only the build backend knows
	builds  bool     // a directory of the app may be built to learn what it needs
}

// openProject is the project in the app dir, resolved with itself if it is to be installed.
func (b *builder) openProject(built lock.Built, want lock.Request, tree bool) *unlocked {
	o := &unlocked{tree: tree, builds: tree}
	if built.Installable {
		o.args, o.text = []string{"-"}, "."
		if len(want.Extras) > 0 {
			o.text += "[" + joined(want.Extras, ",") + "]"
		}
	} else {
		o.args = []string{"pyproject.toml"}
		for _, extra := range want.Extras {
			o.args = append(o.args, "--extra", string(extra))
		}
	}
	for _, group := range want.Groups {
		o.args = append(o.args, "--group", string(group))
	}
	return o
}

// openLines makes lines and options of a requirements file what is resolved.
func (s *source) openLines(lines, options []string) {
	var all lock.Requirements
	all.Options = options
	text, _ := all.Translation()
	s.open = &unlocked{
		args:   append([]string{"-"}, lock.Arguments(options, true)...),
		text:   text + strings.Join(lines, "\n") + "\n",
		builds: slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, ".") || strings.Contains(line, "@ .") }),
	}
	s.open.tree = s.open.builds
}

// resolve resolves once what is not locked, and keeps the result in the image until what it was made from changes.
func (b *builder) resolve(s source) (packageSet, error) {
	set := packageSet{options: s.options, credentials: s.credentials}
	var err error
	if set.resolved, err = b.resolutionDigest(s); err != nil {
		return set, err
	}
	venv, was, err := b.layers.restored(venvLayer)
	if err != nil {
		return set, err
	}
	set.frozen = notes(venv)
	if was["resolution"] == set.resolved && set.frozen != "" {
		b.log.fact("Using the versions that an earlier build resolved: %s has not changed since.\n"+
			"To resolve anew, give %s another value; %s", s.file, config.Resolution, lockAdvice(s.file))
	} else if set.frozen, err = b.resolveNow(s); err != nil {
		return set, err
	}
	l, err := lock.ReadPylock(s.file, []byte(set.frozen))
	if err != nil {
		return set, err
	}
	if set.packages, err = b.evaluate(l); err != nil {
		return set, err
	}
	// The first text is uv's, with source distributions beside wheels; the canonical one is what is kept.
	if canonical, ok := lock.WritePylock(set.packages); ok {
		set.frozen = canonical
	}
	return set, nil
}

// resolutionDigest is a hash of everything that a resolution is made from, but for what the index has.
func (b *builder) resolutionDigest(s source) (string, error) {
	content := s.open.content
	if s.open.tree {
		sum, err := tree.Digest(b.packit.WorkingDir, ".")
		if err != nil {
			return "", fmt.Errorf("reading the app dir: %w", err)
		}
		content += sum
	}
	return digest(strings.Join([]string{s.file, strings.Join(s.open.args, " "), s.open.text, content, b.pythonMinor(), b.target(),
		b.text("pyproject.toml"), b.text("uv.toml"), b.config.Resolution, strings.Join(install.Choosing(b.env), "\n")}, "\x00")), nil
}

func (b *builder) resolveNow(s source) (string, error) {
	b.log.fact("%s is not a lock: it leaves versions or hashes open, so they are resolved now and kept until it changes.\n"+
		"For builds that nothing outside of the app can change, %s", s.file, lockAdvice(s.file))
	interpreter, err := b.interpreter()
	if err != nil {
		return "", err
	}
	uv, err := b.installer(s.file, s.credentials)
	if err != nil {
		return "", err
	}
	if s.open.builds { // build backends leave files in their source
		uv.AppDir = filepath.Join(b.scratch, "app")
		if err := b.copyProject(uv.AppDir, "."); err != nil {
			return "", fmt.Errorf("copying the app dir: %w", err)
		}
	}
	out, err := uv.Resolve(b.ctx, interpreter, s.open.args, s.open.text)
	return string(out), err
}

// lockAdvice is how an owner gets a lock out of a file that is none.
func lockAdvice(file string) string {
	switch file {
	case "pyproject.toml":
		return "run 'uv lock' and commit uv.lock."
	case "setup.py", "setup.cfg":
		return "move what it requires to a pyproject.toml, run 'uv lock' and commit uv.lock."
	}
	return "keep it as requirements.in and commit what this writes:\n" +
		"uv pip compile --generate-hashes requirements.in --output-file requirements.txt"
}
