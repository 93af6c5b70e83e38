// Package config reads the settings of a build: environment in, Config out, or an error naming the variable.
// Every setting is a row of Table; README.md's list of settings is rendered from it.
package config

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/near"
)

// Config holds the settings of one build, parsed.
type Config struct {
	App           string            // module:object that a server is to run, where the code does not tell
	PythonVersion string            // as written; "" when not set
	PackageLayers bool              // a layer for each heavy package
	Debug         bool              // log more
	CollectStatic bool              // of Django
	LiveReload    bool              // the default process starts anew when a source changes
	LambdaHandler string            // module.function
	Test          bool              // the image is to run the app's tests
	LockFile      string            // the lock file that decides, where there are several
	Requirements  string            // the requirements file to install
	Extras        []string          // of the app
	Groups        []string          // dependency groups
	Member        string            // of a workspace
	Resolution    string            // any text: another one makes what is not locked be resolved anew
	Mirrors       map[string]string // host (or "default") → mirror, as written
}

// Row is one setting as the owner reads it.
type Row struct{ Name, Default, Meaning string }

// The names of the settings that messages name.
const (
	LockFile     = "BP_PYTHON_LOCK"
	Requirements = "BP_PIP_REQUIREMENT"
	Extras       = "BP_PYTHON_EXTRAS"
	Groups       = "BP_PYTHON_GROUPS"
	Member       = "BP_PYTHON_MEMBER"
	Resolution   = "BP_PYTHON_RESOLUTION"
)

const (
	app           = "BP_APP"
	pythonVersion = "BP_CPYTHON_VERSION"
	packageLayers = "BP_PACKAGE_LAYERS"
	collectStatic = "BP_DJANGO_COLLECTSTATIC"
	liveReload    = "BP_LIVE_RELOAD_ENABLED"
	lambdaHandler = "BP_LAMBDA_HANDLER"
	execEnv       = "CNB_EXEC_ENV"
	uvGroups      = "BP_UV_INSTALL_GROUPS"
	logLevel      = "BP_LOG_LEVEL"
	mirror        = "BP_DEPENDENCY_MIRROR"
)

// Table lists every setting, sorted by name.
func Table() []Row {
	return []Row{
		{app, "", "app to serve, where there are several: `module:object` or `module:factory()`"},
		{pythonVersion, "", "Python to install: `3.13`, `3.13.14` or a specifier such as `>=3.12,<3.14`"},
		{mirror, "", "where CPython and uv are downloaded from instead of their own hosts; `{originalHost}` in it becomes the host replaced"},
		{mirror + "_<HOST>", "", "the same for one host, in capitals, `.` written as `_` and `-` as `__` (`BP_DEPENDENCY_MIRROR_GITHUB_COM`)"},
		{collectStatic, "true", "`false` leaves out Django's collectstatic"},
		{lambdaHandler, "", "`module.function` that serves AWS Lambda, where `awslambdaric` is locked"},
		{liveReload, "false", "`true` makes `reload` the default process: the server starts anew when a source changes"},
		{logLevel, "INFO", "`DEBUG` logs more"},
		{packageLayers, "true", "`false` puts all packages into one layer"},
		{Requirements, "requirements.txt", "requirements files to install, paths in the app dir, separated by blanks; they decide, whatever else there is"},
		{Extras, "", "extras of the app to install too, separated by commas or blanks"},
		{Groups, "", "dependency groups (Pipfile: categories) to install too, separated by commas or blanks; `BP_UV_INSTALL_GROUPS` is the same"},
		{LockFile, "", "lock file that decides, where there are several; also another of the files that are read, such as `pyproject.toml`"},
		{Member, "", "member of a uv workspace that is the app"},
		{Resolution, "", "any text, such as a date; another one resolves anew what no lock file pins"},
		{execEnv, "production", "`test` installs the dependency group `test` too and adds a process `test` ([execution environments](https://github.com/buildpacks/spec/blob/main/platform.md))"},
	}
}

// Markdown renders Table for README.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, row := range Table() {
		value := ""
		if row.Default != "" {
			value = "`" + row.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row.Name, value, row.Meaning)
	}
	return b.String()
}

// Parse reads the settings from environ ("NAME=value" each). Warnings name variables that look like a misspelled setting.
func Parse(environ []string) (Config, []string, error) {
	cfg := Config{PackageLayers: true, CollectStatic: true, Mirrors: map[string]string{}}
	var warnings []string
	for _, entry := range sorted(environ) {
		name, value, _ := strings.Cut(entry, "=")
		value = strings.TrimSpace(value)
		if value == "" || !strings.HasPrefix(strings.ToUpper(name), "BP_") && name != execEnv {
			continue
		}
		if err := cfg.set(name, value); err != nil {
			return Config{}, nil, err
		}
		if near := misspelled(name); near != "" {
			warnings = append(warnings, fmt.Sprintf("%s is not a setting of this buildpack. Did you mean %s?", name, near))
		}
	}
	return cfg, warnings, nil
}

func (c *Config) set(name, value string) error {
	host, isMirror := strings.CutPrefix(name, mirror+"_")
	switch {
	case name == app:
		c.App = value
	case name == pythonVersion:
		c.PythonVersion = value
	case name == packageLayers:
		return boolean(&c.PackageLayers, name, value)
	case name == liveReload:
		return boolean(&c.LiveReload, name, value)
	case name == lambdaHandler:
		c.LambdaHandler = value
	case name == execEnv:
		c.Test = value == "test"
	case name == collectStatic:
		return boolean(&c.CollectStatic, name, value)
	case name == LockFile:
		c.LockFile = value
	case name == Requirements:
		c.Requirements = value
	case name == Extras:
		c.Extras = list(value)
	case name == Groups, name == uvGroups:
		c.Groups = append(c.Groups, list(value)...)
	case name == Member:
		c.Member = value
	case name == Resolution:
		c.Resolution = value
	case name == logLevel:
		level := strings.ToUpper(value) // other buildpacks take both cases
		if level != "INFO" && level != "DEBUG" {
			return invalid(name, value, "INFO or DEBUG", "DEBUG")
		}
		c.Debug = level == "DEBUG"
	case name == mirror:
		c.Mirrors["default"] = value
	case isMirror:
		host = strings.ReplaceAll(strings.ReplaceAll(host, "__", "-"), "_", ".")
		c.Mirrors[strings.ToLower(host)] = value
	}
	return nil
}

func boolean(field *bool, name, value string) error {
	on, err := strconv.ParseBool(value)
	if err != nil {
		return invalid(name, value, "true or false", "true")
	}
	*field = on
	return nil
}

func invalid(name, value, want, example string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s is %q, which is not %s", name, value, want),
		Where: name,
		Fix:   fmt.Sprintf("set %s=%s or remove it", name, example),
	}
}

// misspelled gives the setting that name was probably meant to be: one or two letters away, or in other case. Of a
// setting for a host, the part before the host counts.
func misspelled(name string) string {
	if strings.HasPrefix(name, mirror+"_") {
		return ""
	}
	if name == uvGroups {
		return ""
	}
	best, distance := "", 3
	for _, row := range Table() {
		if row.Name == name {
			return ""
		}
		if d := near.Distance(strings.ToUpper(name), row.Name); d < min(distance, len(row.Name)/3) {
			best, distance = row.Name, d
		}
	}
	parts := strings.SplitN(name, "_", 4)
	if best == "" && len(parts) == 4 && near.Distance(strings.ToUpper(strings.Join(parts[:3], "_")), mirror) < 3 {
		return mirror + "_" + parts[3]
	}
	return best
}

// list splits a value at commas and blanks.
func list(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
}

func sorted(list []string) []string {
	list = append([]string(nil), list...)
	sort.Strings(list)
	return list
}
