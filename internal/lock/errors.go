package lock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

// unreadable is TOML that cannot be parsed; the position is in it.
func unreadable(file string, err error) error {
	var parse toml.ParseError
	where, what := file, err.Error()
	if asParse(err, &parse) {
		where = fmt.Sprintf("%s, line %d", file, parse.Position.Line)
		what = parse.Message
		if what == "" {
			what = strings.TrimPrefix(err.Error(), "toml: ")
		}
	}
	fix := "correct that line"
	if cure, ok := cures[file]; ok {
		fix = fmt.Sprintf("run '%s' and commit the new %s; a merge may have left conflict markers in it", cure, file)
	}
	return &failure.Error{What: fmt.Sprintf("%s is not valid TOML: %s", file, what), Where: where, Fix: fix}
}

// cures are the commands that write a lock file anew.
var cures = map[string]string{"uv.lock": "uv lock", "pdm.lock": "pdm lock", "poetry.lock": "poetry lock"}

func asParse(err error, into *toml.ParseError) bool {
	p, ok := err.(toml.ParseError)
	*into = p
	return ok
}

func badMarker(file string, name string, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s has a marker that cannot be read: %s", file, err),
		Where: file + ", package " + name,
		Fix:   "lock again and commit the new file; do not edit it by hand",
		Err:   err,
	}
}

func noEntry(file string, d Dependency) error {
	version := ""
	switch {
	case d.Version != "":
		version = " and version"
	case d.Allows != nil:
		version = " in a version that everything else which asks for it allows"
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s asks for %s, but has no package of that name%s", file, strings.TrimSpace(string(d.Name)+" "+d.Version), version),
		Where: file,
		Fix:   "lock again and commit the new file; do not edit it by hand",
	}
}

// wrongPython is a Python that the lock, or one package of it, is not for. Where the chosen Python comes from is not known
// here; .python-version is what decides over it in any case.
func wrongPython(file, where, name, specifiers string, python pep440.Version) error {
	who := file + " was made for"
	if name != "" {
		who = fmt.Sprintf("%s in %s is for", name, file)
	}
	if where == "" {
		where = file
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s Python %s, and the app gets Python %s", who, specifiers, python),
		Where: where,
		Fix:   fmt.Sprintf("ask for a Python that it takes (.python-version or BP_CPYTHON_VERSION), or lock for Python %d.%d", python.Major(), python.Minor()),
	}
}

// wrongEnvironment names what the lock was made for.
func wrongEnvironment(l Lock, env Environment) error {
	var list []string
	for _, m := range l.Environments {
		list = append(list, m.String())
	}
	return &failure.Error{
		What: fmt.Sprintf("%s was made for other environments than this one (Python %s on Linux %s):\n  - %s",
			l.File, env.Python, env.Markers.PlatformMachine, strings.Join(list, "\n  - ")),
		Where: l.File,
		Fix:   l.widen(env),
	}
}

// widen is how the tool that wrote the lock is told to lock for an environment, too.
func (l Lock) widen(env Environment) string {
	python, machine := fmt.Sprintf("%d.%d", env.Python.Major(), env.Python.Minor()), env.Markers.PlatformMachine
	switch {
	case l.File == "pdm.lock":
		return fmt.Sprintf("run 'pdm lock --append --platform manylinux_2_%d_%s --python \"==%s.*\"' and commit the new pdm.lock", glibc(env), machine, python)
	case l.File == "uv.lock" || strings.Contains(l.Relock, "'uv "):
		return fmt.Sprintf("add \"sys_platform == 'linux' and platform_machine == '%s'\" to tool.uv.environments in pyproject.toml, or remove that list,\n%s", machine, l.Relock)
	}
	return fmt.Sprintf("make it hold for Python %s on Linux %s, too: %s", python, machine, l.Relock)
}

// exclude names what is active together and must not be.
func exclude(file string, both []Exclusive) error {
	var list []string
	for _, e := range both {
		list = append(list, e.Text)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s declares that %s exclude each other, and the app gets both", file, strings.Join(list, " and ")),
		Where: file + ", conflicts",
		Fix:   "ask for one of them only",
	}
}

// outside is a directory or file that is not part of the app.
func outside(file string, e *Entry, path string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s takes %s from %s, which is outside of the app dir; a build only sees the app dir", file, e.Name, path),
		Where: file + ", package " + string(e.Name),
		Fix:   "move it into the app, or build from the directory that holds both, and lock again",
	}
}

func twoVersions(file string, a, b *Entry) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s selects %s twice for this Python and platform: %s and %s", file, a.Name, a.Version, b.Version),
		Where: file,
		Fix:   "lock again; if it stays, the markers of the two overlap: make them exclude each other",
	}
}

func unreadableRequirements(name, from string, err error) error {
	problem := "does not exist in the app dir"
	switch {
	case errors.Is(err, syscall.EISDIR):
		problem = "is a directory"
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid):
		return unreadableFile(name, err)
	}
	if from == "" {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s includes %s, which %s", from, name, problem),
		Where: from,
		Fix:   "commit that file, correct the path (it is relative to the file that includes it), or remove the line",
	}
}

func badEncoding(name string) error {
	return &failure.Error{
		What:  name + " is not text in UTF-8, nor in UTF-16 with a byte order mark",
		Where: name,
		Fix:   "save it as UTF-8; in PowerShell: pip freeze | Out-File -Encoding utf8 " + name,
	}
}

func strayHash(where string) error {
	return &failure.Error{
		What:  "a line begins with --hash, which belongs to the requirement above it",
		Where: where,
		Fix:   `end the line above it with a backslash: flask==3.1.2 \`,
	}
}

func unreadableFile(name string, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s cannot be read: %s", name, reason(err)),
		Where: name,
		Fix:   "make it readable for everybody: chmod 644 " + name,
		Err:   err,
	}
}

// reason is the system's word for what went wrong with a file, without the path.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

var single = regexp.MustCompile(`^([A-Za-z0-9._-]+(?:\[[^\]]*\])?)\s*=\s*([0-9][^\s=,;]*)$`)

func badRequirement(text, where string, err error) error {
	fix := "write a name and an optional version, such as flask==3.1.2, on a line of its own"
	if m := single.FindStringSubmatch(text); m != nil {
		fix = fmt.Sprintf("write %s==%s, with two equals signs", m[1], m[2])
	}
	reason := err.Error()
	var syntax *pep508.SyntaxError
	if errors.As(err, &syntax) {
		reason, where = "expected "+syntax.Expected, fmt.Sprintf("%s, column %d", where, syntax.Column)
	}
	return &failure.Error{What: fmt.Sprintf("%q is not a requirement: %s", text, reason), Where: where, Fix: fix}
}

func halfHashed(line RequirementLine) error {
	what, fix := "a requirement has no hash, though hashes are asked for or others of the file have some",
		"lock all of them: uv pip compile --generate-hashes requirements.in --output-file requirements.txt"
	switch {
	case strings.HasPrefix(line.Text, "-r "):
		what, fix = "a file with hashes includes a URL, whose content nothing fixes", "download that file, commit it and include the copy: -r base.txt"
	case strings.HasPrefix(line.Requirement.URL, "git+"):
		what, fix = "a requirement from a git repository has neither a name nor a full commit, though others of the file have hashes",
			"write both: name @ git+https://…@<the 40 digits of the commit>"
	case line.Direct && !strings.Contains(line.Requirement.URL, "://") && !archiveName.MatchString(line.Requirement.URL):
		fix = "give the directory a pyproject.toml with a project.name, or " + fix
	}
	return &failure.Error{What: what, Where: line.Where, Fix: fix}
}

func unsupportedOption(name, where string) error {
	fix := "take it out of the file: it is not an option that pip reads there"
	switch name {
	case "--config-settings", "--config-setting", "-C", "--global-option":
		fix = "write it after the requirement that it is for, on the same line: name==1.0 " + name + "=…"
	case "--install-option", "--build-option":
		fix = "pip dropped it; write --config-settings=KEY=VALUE after the requirement that it is for"
	case "--process-dependency-links":
		fix = "pip dropped it; write what it found as a requirement of its own: name @ https://…"
	case "--no-build-isolation":
		fix = "name what the build needs in [tool.uv.extra-build-dependencies] of pyproject.toml, or lock a version that has a wheel"
	}
	return &failure.Error{What: fmt.Sprintf("a requirements file cannot have the option %s", name), Where: where, Fix: fix}
}

// unsupportedHere is for an option after a requirement.
func unsupportedHere(name, where string, requirement pep508.Name) error {
	fix := "take the option off that line"
	switch {
	case name == "--install-option" || name == "--build-option":
		fix = "pip dropped it; give the build backend the setting itself: --config-settings=KEY=VALUE"
	case (name == "--no-binary" || name == "--only-binary") && requirement != "":
		fix = fmt.Sprintf("write it on a line of its own: %s %s", name, requirement)
	case pipOptions[name] != pipOption{}:
		fix = "write it on a line of its own"
	}
	return &failure.Error{What: fmt.Sprintf("a requirement cannot have the option %s", name), Where: where, Fix: fix}
}

func unnamedSettings(name, where string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s is for a package whose name the line does not say", name),
		Where: where,
		Fix:   "write the name before the URL or path: name @ https://…",
	}
}

func missingValue(name, where string) error {
	return &failure.Error{What: fmt.Sprintf("the option %s has no value", name), Where: where, Fix: "write the value on the same line"}
}

func otherVCS(name, where string) error {
	tool := map[string]string{"svn": "Subversion", "hg": "Mercurial", "bzr": "Bazaar"}[name]
	return &failure.Error{
		What:  fmt.Sprintf("a package comes from %s, which uv does not install from", tool),
		Where: where,
		Fix:   "build its wheel (pip wheel --no-deps), commit that and require the file: ./wheels/NAME-1.0-py3-none-any.whl",
	}
}

func notJSON(name string, data []byte, err error) error {
	where := name
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		where = fmt.Sprintf("%s, line %d", name, 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")))
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s is not the JSON that Pipenv writes: %s", name, strings.TrimPrefix(err.Error(), "json: ")),
		Where: where,
		Fix:   "run 'pipenv lock' and commit the new " + name + "; a merge may have left conflict markers in it",
	}
}

func notLocked(name string, group pep508.Name) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s was made without the group %s", name, group),
		Where: name + ", metadata.groups",
		Fix:   "lock all groups and commit the new " + name + ": pdm lock -G :all",
	}
}

func noManifest(name string) error {
	return &failure.Error{
		What:  name + " does not say which packages are for production: that stands in the [project] table of pyproject.toml, and there is none",
		Where: name + ", metadata.strategy",
		Fix:   "commit pyproject.toml with its [project] dependencies, or lock with what each package is for: pdm lock -S inherit_metadata",
	}
}

func notGit(name, pkg string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s takes %s from a repository that is not git's", name, pkg),
		Where: name + ", package " + pkg,
		Fix:   "take it from a git repository, an index or a URL, and lock again",
	}
}

func noCommit(name, pkg, cure string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s does not pin %s to a commit, so two builds may get different code", name, pkg),
		Where: name + ", package " + pkg,
		Fix:   fmt.Sprintf("take the editable mark off it, run '%s' and commit the new %s", cure, name),
	}
}

func notPinned(name, pkg string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s gives no version or no hash for %s, which this platform needs: it was locked where %s is not needed", name, pkg, pkg),
		Where: name + ", package " + pkg,
		Fix:   "run 'pipenv lock' on Linux and commit the new " + name,
	}
}

func noLocalFile(name, pkg, file string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s takes %s from %s, which is not in the app dir", name, pkg, file),
		Where: name + ", package " + pkg,
		Fix:   "commit that file, or take the package from an index and lock again",
	}
}

func noSource(name, pkg, index string, known []string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s takes %s from the source %s, and has no source of that name", name, pkg, index),
		Where: name + ", _meta.sources",
		Fix:   "name one of its sources (" + strings.Join(known, ", ") + ") in the Pipfile and run 'pipenv lock'",
	}
}

// unverified is a file at a URL without a hash: whatever stands there one day would be installed.
func unverified(file string, name pep508.Name, at string) error {
	fix := "run 'poetry lock' with Poetry 2, which locks its hash, and commit the new " + file
	switch file {
	case "Pipfile.lock":
		fix = fmt.Sprintf("write its hash into the Pipfile, run 'pipenv lock' and commit both:\n%s = {file = \"%s#sha256=<what sha256sum says of the file>\"}", name, at)
	case "pdm.lock":
		fix = "run 'pdm lock', which locks its hash, and commit the new " + file
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s does not say which hash %s has, which comes from %s", file, name, at),
		Where: file + ", package " + string(name),
		Fix:   fix,
	}
}

// staleLock lists what drifted between a lock and what it was made from.
func staleLock(name, manifest string, drift []string, cure string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s does not match %s:\n  - %s", name, manifest, strings.Join(drift, "\n  - ")),
		Where: name,
		Fix:   fmt.Sprintf("run '%s' and commit the new %s", cure, name),
	}
}

func badPipfileEntry(name string, err error) error {
	what := fmt.Sprintf("the Pipfile's entry for %s is neither a version nor a table", name)
	if err != nil {
		what = fmt.Sprintf("the Pipfile's entry for %s is not a requirement: %s", name, err)
	}
	return &failure.Error{What: what, Where: "Pipfile, [packages]", Fix: fmt.Sprintf(`write a version, such as %s = "*" or %s = ">=1.2"`, name, name), Err: err}
}

func noPoetryManifest(file string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return unreadableFile("pyproject.toml", err)
	}
	return &failure.Error{
		What:  fmt.Sprintf("there is no pyproject.toml, which %s was made from", file),
		Where: file,
		Fix:   fmt.Sprintf("commit pyproject.toml too, or remove %s", file),
	}
}

func badVersion(file, name, version string, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s has a version that cannot be read: %q", file, version),
		Where: file + ", package " + name,
		Fix:   "lock again and commit the new file; do not edit it by hand",
		Err:   err,
	}
}

func badPoetryDependency(name string, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("the dependency %s cannot be read: %s", name, err),
		Where: "pyproject.toml, tool.poetry.dependencies." + name,
		Fix:   fmt.Sprintf(`write a constraint that Poetry takes, such as %s = "^1.2", and run 'poetry lock'`, name),
		Err:   err,
	}
}

func noContentHash(file string) error {
	return &failure.Error{
		What:  file + " has no content-hash, so nobody can tell whether it matches pyproject.toml",
		Where: file + ", metadata.content-hash",
		Fix:   "run 'poetry lock' and commit the new " + file,
	}
}

func poetryStale(file string, drift []string) error {
	what := file + " does not match pyproject.toml"
	if len(drift) > 0 {
		what += ":\n  - " + strings.Join(drift, "\n  - ")
	}
	return &failure.Error{What: what, Where: file + ", metadata.content-hash", Fix: "run 'poetry lock' and commit the new " + file}
}

var errAlternatives = errors.New("alternatives (||) cannot be said outside of Poetry's own lock")
