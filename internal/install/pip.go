package install

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// fromPip is a variable of pip that an owner has set for the build, and uv's for the same.
type fromPip struct {
	pip, uv string
	instead []string // uv's other names for it: the owner has chosen already if one of these is set
	comma   bool     // uv separates by commas what pip separates by blanks
	value   string   // what uv's gets when pip's is a switch that is on
}

var pipVariables = []fromPip{
	{pip: "PIP_INDEX_URL", uv: "UV_DEFAULT_INDEX", instead: []string{"UV_INDEX_URL"}},
	{pip: "PIP_EXTRA_INDEX_URL", uv: "UV_INDEX", instead: []string{"UV_EXTRA_INDEX_URL"}},
	{pip: "PIP_FIND_LINKS", uv: "UV_FIND_LINKS", comma: true},
	{pip: "PIP_NO_INDEX", uv: "UV_NO_INDEX"},
	{pip: "PIP_TRUSTED_HOST", uv: "UV_INSECURE_HOST"},
	{pip: "PIP_CERT", uv: "SSL_CERT_FILE"},
	{pip: "PIP_CLIENT_CERT", uv: "SSL_CLIENT_CERT"},
	{pip: "PIP_PROXY", uv: "ALL_PROXY", instead: []string{"HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "all_proxy"}},
	{pip: "PIP_BUILD_CONSTRAINT", uv: "UV_BUILD_CONSTRAINT"},
	{pip: "PIP_CONSTRAINT", uv: "UV_CONSTRAINT"},
	{pip: "PIP_UPLOADED_PRIOR_TO", uv: "UV_EXCLUDE_NEWER"},
	{pip: "PIP_PRE", uv: "UV_PRERELEASE", value: "allow"},
}

// TranslatePip gives the environment with uv's variables for those of pip's that count, and what was taken:
// "PIP_INDEX_URL (as UV_DEFAULT_INDEX)". uv reads none of pip's. What is set for uv wins. Where nothing is resolved, those that
// choose versions do not count.
func TranslatePip(env []string, resolves bool) (translated, taken []string) {
	values := valuesOf(env)
	for _, v := range pipVariables {
		words := strings.Fields(values[v.pip])
		for _, name := range append(v.instead, v.uv) {
			if values[name] != "" {
				words = nil
			}
		}
		if v.value != "" && len(words) > 0 {
			if words = nil; on(values[v.pip]) {
				words = []string{v.value}
			}
		}
		if len(words) == 0 || !resolves && startsWith(v.uv, resolving) {
			continue
		}
		separator := " "
		if v.comma {
			separator = ","
		}
		env = append(env[:len(env):len(env)], v.uv+"="+strings.Join(words, separator))
		taken = append(taken, v.pip+" (as "+v.uv+")")
	}
	return env, taken
}

// formats are the variables that say whether wheels or sources are installed, and the options of pip for the same. Those of uv
// count for uv sync alone, so uv pip has to be told.
var formats = []struct{ name, option string }{
	{"PIP_NO_BINARY", "--no-binary"}, {"PIP_ONLY_BINARY", "--only-binary"},
	{"UV_NO_BINARY", "--no-binary"}, {"UV_NO_BINARY_PACKAGE", "--no-binary"},
	{"UV_NO_BUILD", "--only-binary"}, {"UV_NO_BUILD_PACKAGE", "--only-binary"},
}

// Formats gives these variables as options of a requirements file, "--no-binary six", and what was taken.
func Formats(env []string) (options, taken []string) {
	values := valuesOf(env)
	for _, f := range formats {
		value := values[f.name]
		if f.name == "UV_NO_BINARY" || f.name == "UV_NO_BUILD" {
			if !on(value) {
				continue
			}
			value = ":all:"
		}
		words := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
		for _, word := range words {
			options = append(options, f.option+" "+word)
		}
		if len(words) > 0 {
			taken = append(taken, fmt.Sprintf("%s (as %s)", f.name, f.option))
		}
	}
	return options, taken
}

// RequireHashes names the variable that asks for a hash of each requirement, if one is set.
func RequireHashes(env []string) string {
	values := valuesOf(env)
	for _, name := range []string{"PIP_REQUIRE_HASHES", "UV_REQUIRE_HASHES"} {
		if on(values[name]) {
			return name
		}
	}
	return ""
}

// unheard are the variables of pip and uv that would change what is installed and have no say here, with what does.
var unheard = map[string]string{
	"PIP_CONFIG_FILE":        "set what it says as variables, such as PIP_INDEX_URL",
	"PIP_REQUIREMENT":        "set BP_PIP_REQUIREMENT",
	"PIP_NO_DEPS":            "list every package with a hash, which makes the file a lock",
	"PIP_NO_BUILD_ISOLATION": "name what a build needs in tool.uv.extra-build-dependencies",
	"PIP_CONFIG_SETTINGS":    "write --config-settings after the requirement",
	"PIP_GLOBAL_OPTION":      "write --global-option after the requirement",
	"UV_PYTHON":              "set BP_CPYTHON_VERSION",
	"UV_CONFIG_FILE":         "write a uv.toml in the app dir",
	"UV_NO_BUILD_ISOLATION":  "name what a build needs in tool.uv.extra-build-dependencies",
	"UV_NO_SOURCES":          "remove tool.uv.sources",
	"UV_NO_VERIFY_HASHES":    "hashes are always verified",
}

// Unheard lists those of them that are set, sorted: "UV_PYTHON (set BP_CPYTHON_VERSION)".
func Unheard(env []string) []string {
	var list []string
	for name, value := range valuesOf(env) {
		if instead, ok := unheard[name]; ok && value != "" {
			list = append(list, name+" ("+instead+")")
		}
	}
	slices.Sort(list)
	return list
}

func valuesOf(env []string) map[string]string {
	values := map[string]string{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	return values
}

// on reads a switch as pip and uv do.
func on(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "y", "yes", "on":
		return true
	}
	is, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(value)))
	return err == nil && is
}
