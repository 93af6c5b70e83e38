// Package config reads the settings of a build: environment in, Config out, or an error naming the variable.
// Every setting is a row of Table; README.md's list of settings is rendered from it.
package config

import (
	"fmt"
	"slices"
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
type Row struct {
	Name, Default, Meaning string

	set func(name, value string) error
}

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
	execEnv  = "CNB_EXEC_ENV"
	uvGroups = "BP_UV_INSTALL_GROUPS"
	mirror   = "BP_DEPENDENCY_MIRROR"
)

// Table lists every setting, sorted by name.
func Table() []Row { return new(Config).rows() }

// rows are the settings, each with what sets its field.
func (c *Config) rows() []Row {
	return []Row{
		{"BP_APP", "", "app to serve, where there are several: `module:object` or `module:factory()`", text(&c.App)},
		{"BP_CPYTHON_VERSION", "", "Python to install: `3.13`, `3.13.14` or a specifier such as `>=3.12,<3.14`", text(&c.PythonVersion)},
		{mirror, "", "where CPython and uv are downloaded from instead of their own hosts; `{originalHost}` in it becomes the host replaced", c.setMirror},
		{mirror + "_<HOST>", "", "the same for one host, in capitals, `.` written as `_` and `-` as `__` (`BP_DEPENDENCY_MIRROR_GITHUB_COM`)", c.setMirror},
		{"BP_DJANGO_COLLECTSTATIC", "true", "`false` leaves out Django's collectstatic", boolean(&c.CollectStatic)},
		{"BP_LAMBDA_HANDLER", "", "`module.function` that serves AWS Lambda, where `awslambdaric` is locked", text(&c.LambdaHandler)},
		{"BP_LIVE_RELOAD_ENABLED", "false", "`true` makes `reload` the default process: the server starts anew when a source changes", boolean(&c.LiveReload)},
		{"BP_LOG_LEVEL", "INFO", "`DEBUG` logs more", c.setLevel},
		{"BP_PACKAGE_LAYERS", "true", "`false` puts all packages into one layer", boolean(&c.PackageLayers)},
		{Requirements, "requirements.txt", "requirements files to install, paths in the app dir, separated by blanks; they decide, whatever else there is", text(&c.Requirements)},
		{Extras, "", "extras of the app to install too, separated by commas or blanks", list(&c.Extras)},
		{Groups, "", "dependency groups (Pipfile: categories) to install too, separated by commas or blanks; `BP_UV_INSTALL_GROUPS` is the same", list(&c.Groups)},
		{LockFile, "", "lock file that decides, where there are several; also another of the files that are read, such as `pyproject.toml`", text(&c.LockFile)},
		{Member, "", "member of a uv workspace that is the app", text(&c.Member)},
		{Resolution, "", "any text, such as a date; another one resolves anew what no lock file pins", text(&c.Resolution)},
		{execEnv, "production", "`test` installs the dependency group `test` too and adds a process `test` ([execution environments](https://github.com/buildpacks/spec/blob/main/platform.md))", c.setTest},
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
	for _, entry := range slices.Sorted(slices.Values(environ)) {
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
	for _, row := range c.rows() {
		host, ofHost := strings.CutSuffix(row.Name, "<HOST>")
		if name == row.Name || name == uvGroups && row.Name == Groups || ofHost && strings.HasPrefix(name, host) {
			return row.set(name, value)
		}
	}
	return nil
}

func text(field *string) func(name, value string) error {
	return func(_, value string) error {
		*field = value
		return nil
	}
}

func boolean(field *bool) func(name, value string) error {
	return func(name, value string) (err error) {
		if *field, err = strconv.ParseBool(value); err != nil {
			return invalid(name, value, "true or false", "true")
		}
		return nil
	}
}

// list adds what a value separates by commas or blanks.
func list(field *[]string) func(name, value string) error {
	return func(_, value string) error {
		*field = append(*field, strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })...)
		return nil
	}
}

func (c *Config) setTest(_, value string) error {
	c.Test = value == "test"
	return nil
}

func (c *Config) setLevel(name, value string) error {
	level := strings.ToUpper(value) // other buildpacks take both cases
	if level != "INFO" && level != "DEBUG" {
		return invalid(name, value, "INFO or DEBUG", "DEBUG")
	}
	c.Debug = level == "DEBUG"
	return nil
}

// setMirror takes the mirror for all hosts, or for the one that the end of the name tells.
func (c *Config) setMirror(name, value string) error {
	host, ofHost := strings.CutPrefix(name, mirror+"_")
	if !ofHost {
		host = "default"
	}
	host = strings.ReplaceAll(strings.ReplaceAll(host, "__", "-"), "_", ".")
	c.Mirrors[strings.ToLower(host)] = value
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
	if strings.HasPrefix(name, mirror+"_") || name == uvGroups {
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
