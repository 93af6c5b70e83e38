package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"syscall"

	"github.com/lockstep/python/internal/config"
	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

func severalPylocks(names []string) error {
	return &failure.Error{
		What:  "there are several lock files and none is the usual pylock.toml: " + strings.Join(names, ", "),
		Where: "the app dir",
		Fix:   fmt.Sprintf("choose one: %s=%s", config.LockFile, names[0]),
	}
}

func bothSettings(lockFile, requirements string) error {
	return &failure.Error{
		What:  fmt.Sprintf("two settings choose where the packages come from: %s and %s", lockFile, requirements),
		Where: config.LockFile + ", " + config.Requirements,
		Fix:   "unset one of them",
	}
}

func noSuchFile(setting, name string, files []string) error {
	fix := "correct the path (it is relative to the app dir), or unset " + setting
	if len(files) > 0 {
		fix = "name one of these, or unset it: " + strings.Join(files, ", ")
	}
	return &failure.Error{What: fmt.Sprintf("%s names %s, and the app dir has no such file", setting, name), Where: setting, Fix: fix}
}

func unknownFormat(name string) error {
	var known []string
	for _, f := range formats() {
		known = append(known, f.name)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s names %s, which is no lock file that this buildpack reads", config.LockFile, name),
		Where: config.LockFile,
		Fix: fmt.Sprintf("name one of %s or a pylock.<name>.toml;\nfor a requirements file of another name, set %s=%s",
			strings.Join(known, ", "), config.Requirements, name),
	}
}

// orChoose adds to an error of the file that would decide that another one can be chosen.
func orChoose(err error, others []string) error {
	owners, ok := err.(*failure.Error)
	if !ok || len(others) == 0 || !isLock(others[0]) {
		return err
	}
	with := *owners
	with.Fix += fmt.Sprintf(";\nor, if %s is the lock file to use, set %s=%s", others[0], config.LockFile, others[0])
	return &with
}

func noSuchRequest(file, setting, what string) error {
	return &failure.Error{What: fmt.Sprintf("%s is set, but %s", setting, what), Where: setting + ", " + file, Fix: "unset " + setting}
}

// checkRequest stops at extras and groups that pyproject.toml does not have.
func checkRequest(file string, want lock.Request, m lock.Manifest) error {
	if !slices.Contains(m.Project.Dynamic, "optional-dependencies") {
		if err := checkNames(file, config.Extras, "extra", "project.optional-dependencies", want.Extras, pep508.NewNames(slices.Collect(maps.Keys(m.Project.Optional)))); err != nil {
			return err
		}
	}
	return checkNames(file, config.Groups, "dependency group", "dependency-groups", want.Groups, pep508.NewNames(slices.Collect(maps.Keys(m.Groups))))
}

func checkNames(file, setting, kind, table string, want, have []pep508.Name) error {
	for _, name := range want {
		if slices.Contains(have, name) {
			continue
		}
		fix := "unset " + setting
		if len(have) > 0 {
			fix = fmt.Sprintf("name one of these in %s: %s", setting, joined(have, ", "))
		}
		return &failure.Error{What: fmt.Sprintf("%s has no %s named %s", file, kind, name), Where: fmt.Sprintf("%s, %s; %s", file, table, setting), Fix: fix}
	}
	return nil
}

func joined(names []pep508.Name, separator string) string {
	var list []string
	for _, name := range names {
		list = append(list, string(name))
	}
	return strings.Join(list, separator)
}

func condaOnly(name string) error {
	return &failure.Error{
		What:  fmt.Sprintf("the packages of the app are listed in %s alone, and this buildpack does not install packages of conda", name),
		Where: name,
		Fix: "list those that are on the package index in a pyproject.toml or a requirements.txt and lock them (uv lock);\n" +
			"the others are libraries that come with the wheels or with the run image",
	}
}

func whichRequirements(files []string) error {
	what := "there is no requirements.txt in the app dir, but there are other requirements files: " + strings.Join(files, ", ")
	name := files[0]
	for _, word := range []string{"base", "prod"} { // the last that fits is the likeliest
		if at := slices.IndexFunc(files, func(f string) bool { return strings.Contains(f, word) }); at >= 0 {
			name = files[at]
		}
	}
	return &failure.Error{What: what, Where: "the app dir", Fix: fmt.Sprintf("say which one lists the packages of the image: %s=%s", config.Requirements, name)}
}

func notAVersion(name, problem string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s %s, so it does not say which Python the app wants", name, problem),
		Where: name,
		Fix:   "make it a text file with one version, such as 3.13, or delete it",
	}
}

func forbiddenBuild(file string, p lock.Package) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s has no wheel for this Python in %s, and the build is not to build packages from source", p, file),
		Where: "PIP_ONLY_BINARY, UV_NO_BUILD",
		Fix:   fmt.Sprintf("lock a version of %s that has a wheel, or unset the variable that forbids it", p.Name),
	}
}

// contradiction names the first differences of two files that both pin versions.
func contradiction(chosen, other string, differences []string) error {
	const shown = 5
	list := "\n  - " + strings.Join(differences[:min(shown, len(differences))], "\n  - ")
	if more := len(differences) - shown; more > 0 {
		list += fmt.Sprintf("\n  - and %d more", more)
	}
	setting := config.LockFile
	return &failure.Error{
		What:  fmt.Sprintf("%s and %s do not agree on the packages of the app:%s", chosen, other, list),
		Where: chosen + ", " + other,
		Fix:   fmt.Sprintf("delete the one that is no longer kept up, or lock both again;\nto build with %s all the same, set %s=%s", chosen, setting, chosen),
	}
}

func missingSource(file string, p lock.Package, path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("reading the package in %s: %w", path, err)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s takes %s from %s, which cannot be read in the app dir", file, p.Name, path),
		Where: file,
		Fix:   "commit it, make it readable, and do not exclude it in project.toml; a path outside of the app dir is not there in the build",
		Err:   err,
	}
}

func (b *builder) unreadable(name string, err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s cannot be read: permission denied", name),
		Where: name,
		Fix:   "make it readable for everybody: chmod 644 " + name,
		Err:   err,
	}
}

// closing puts the error into its last form: the owner's as it is, ours with where to report it.
func closing(err error) error {
	var owners *failure.Error
	if err == nil {
		return nil
	}
	if errors.As(err, &owners) {
		return fmt.Errorf("\nError: %w", err)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("\nError: %w", &failure.Error{
			What:  "the disk of the build is full: " + err.Error(),
			Where: "the build container",
			Fix:   "free space (docker system prune --volumes) or give the build a larger volume, then build again",
			Err:   err,
		})
	}
	return fmt.Errorf("\nError: %w\n  This is not about your app. If it happens again, report it with this log: https://github.com/lockstep/python/issues", err)
}
