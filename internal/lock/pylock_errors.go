package lock

import (
	"fmt"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

const relockPylock = "lock again and commit the new file; do not edit it by hand"

func sourcesOf(file, name string, sources []string) error {
	what := fmt.Sprintf("%s does not say where %s comes from: it has no vcs, directory, archive, sdist or wheels", file, name)
	if len(sources) > 0 {
		what = fmt.Sprintf("%s says several times where %s comes from: %s", file, name, strings.Join(sources, ", "))
	}
	return &failure.Error{What: what, Where: file + ", package " + name, Fix: relockPylock}
}

func incomplete(file, name, lacks string) error {
	return &failure.Error{What: fmt.Sprintf("%s has %s of %s", file, lacks, name), Where: file + ", package " + name, Fix: relockPylock}
}

func badSpecifier(file, where string, err error) error {
	return &failure.Error{What: fmt.Sprintf("%s has a version specifier that cannot be read: %s", file, err), Where: file + ", " + where, Fix: relockPylock, Err: err}
}

func pylockVCS(file, name, kind, path string) error {
	what := fmt.Sprintf("%s takes %s from a repository of %s; only git is supported", file, name, kind)
	if kind == "git" {
		what = fmt.Sprintf("%s takes %s from the repository %s on a disk; only the app dir reaches a build, without repositories", file, name, path)
	}
	return &failure.Error{What: what, Where: file + ", package " + name, Fix: "lock it from a git repository with a URL, or from an index"}
}

// relock is how the file is made anew with the tool that wrote it.
func relock(createdBy, name string) string {
	command := map[string]string{
		"uv": "uv export --format pylock.toml --output-file " + name, "pdm": "pdm lock", "pip": "pip lock .", "pipenv": "pipenv lock", "poetry": "poetry lock",
	}[createdBy]
	if command == "" {
		return "lock again, and commit the new " + name
	}
	return "run '" + command + "' and commit the new " + name
}

func stalePylock(file, fix string, drift []string) error {
	return &failure.Error{What: file + " does not match pyproject.toml:\n  - " + strings.Join(drift, "\n  - "), Where: file, Fix: fix}
}
