package lock

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// pipOption is what becomes of an option that pip takes in a requirements file. Any other is refused.
type pipOption struct {
	uv      string // uv's option for it; none: it is ignored, for it says nothing about what is installed here
	value   bool   // it has one
	release string // the value that uv's --prerelease gets for it
}

var pipOptions = map[string]pipOption{
	"-i":                {uv: "--index-url", value: true},
	"--index-url":       {uv: "--index-url", value: true},
	"--pypi-url":        {uv: "--index-url", value: true},
	"--extra-index-url": {uv: "--extra-index-url", value: true},
	"--no-index":        {uv: "--no-index"},
	"-f":                {uv: "--find-links", value: true},
	"--find-links":      {uv: "--find-links", value: true},
	"--no-binary":       {uv: "--no-binary", value: true},
	"--only-binary":     {uv: "--only-binary", value: true},
	"--require-hashes":  {uv: "--require-hashes"},
	"--trusted-host":    {uv: "--allow-insecure-host", value: true},
	"--pre":             {uv: "--prerelease", release: "allow"},
	"--all-releases":    {uv: "--prerelease", value: true, release: "allow"},
	"--only-final":      {uv: "--prerelease", value: true, release: "disallow"},

	"--prefer-binary":     {},
	"--no-require-hashes": {},
	"--use-feature":       {value: true},
	"--use-deprecated":    {value: true},
}

// onCommandLine are those of uv's options that its requirements files do not have.
var onCommandLine = []string{"--prerelease", "--prerelease-package", "--allow-insecure-host", "--config-settings-package"}

// options reads a line of options; paths in it start from dir.
func (r *requirementsReader) options(text, where, dir string) error {
	list := words(text)
	for i := 0; i < len(list); i++ {
		name, value, inside := cutOption(list[i])
		rule, known := pipOptions[name]
		if !known {
			return unsupportedOption(name, where)
		}
		if rule.value && !inside {
			if i++; i == len(list) {
				return missingValue(name, where)
			}
			value = list[i]
		}
		if rule.uv == "" {
			r.out.Ignored = append(r.out.Ignored, name+" ("+where+")")
			continue
		}
		r.out.Options = append(r.out.Options, relativeTo(dir, rule.lines(value))...)
	}
	return nil
}

// cutOption splits "--name=value" and "-fvalue".
func cutOption(word string) (name, value string, inside bool) {
	if len(word) > 2 && word[0] == '-' && word[1] != '-' {
		return word[:2], strings.TrimPrefix(word[2:], "="), true
	}
	return strings.Cut(word, "=")
}

// lines are uv's words for the option.
func (o pipOption) lines(value string) []string {
	switch {
	case o.release == "" && o.value:
		return []string{o.uv + " " + value}
	case o.release == "":
		return []string{o.uv}
	case !o.value:
		return []string{o.uv + " " + o.release}
	}
	var list []string
	for _, name := range strings.Split(value, ",") {
		switch name = strings.TrimSpace(name); name {
		case "", ":none:":
		case ":all:":
			list = append(list, o.uv+" "+o.release)
		default:
			list = append(list, o.uv+"-package "+name+"="+o.release)
		}
	}
	return list
}

var anOption = regexp.MustCompile(`(?:^|\s)--?[A-Za-z]`)

// cutOptions splits a requirement from the options after it.
func cutOptions(text string) (requirement, options string) {
	at := anOption.FindStringIndex(text)
	if at == nil {
		return strings.TrimSpace(text), ""
	}
	return strings.TrimSpace(text[:at[0]]), text[at[0]:]
}

// ownOptions reads what a requirement says after its name and version: hashes and settings for building it.
func (r *requirementsReader) ownOptions(line *RequirementLine, text string) error {
	list := words(text)
	for i := 0; i < len(list); i++ {
		name, value, inside := cutOption(list[i])
		if !slices.Contains([]string{"--hash", "--config-settings", "--config-setting", "-C", "--global-option"}, name) {
			return unsupportedHere(name, line.Where, line.Requirement.Name)
		}
		if !inside {
			if i++; i == len(list) {
				return missingValue(name, line.Where)
			}
			value = list[i]
		}
		switch {
		case name == "--hash":
			line.Hashes = append(line.Hashes, value)
			continue
		case line.Requirement.Name == "":
			return unnamedSettings(name, line.Where)
		case name == "--global-option":
			value = name + "=" + value // setuptools' name for it among its settings
		}
		r.out.Options = append(r.out.Options, "--config-settings-package "+string(line.Requirement.Name)+":"+value)
	}
	return nil
}

// splitOptions tells the options that uv's requirements files have from those for its command line.
func splitOptions(options []string) (lines, arguments []string) {
	for _, option := range options {
		name, value, _ := strings.Cut(option, " ")
		if slices.Contains(onCommandLine, name) {
			arguments = append(arguments, name, value)
		} else {
			lines = append(lines, option)
		}
	}
	return lines, arguments
}

// Arguments gives the options of a lock that belong on uv's command line; those that choose versions only for a resolution.
func Arguments(options []string, resolving bool) []string {
	_, all := splitOptions(options)
	var list []string
	for i := 0; i < len(all); i += 2 {
		if resolving || !strings.HasPrefix(all[i], "--prerelease") {
			list = append(list, all[i], all[i+1])
		}
	}
	return list
}

// BuildSettings gives the options that decide how one package is built, and whether: a part of what its content is made from.
func BuildSettings(options []string, name pep508.Name) string {
	var list []string
	for _, option := range options {
		key, value, _ := strings.Cut(option, " ")
		switch key {
		case "--config-settings-package":
			if strings.HasPrefix(value, string(name)+":") {
				list = append(list, value)
			}
		case "--no-binary", "--only-binary":
			for _, word := range strings.Split(value, ",") {
				if word == ":all:" || pep508.NewName(strings.TrimSpace(word)) == name {
					list = append(list, key)
				}
			}
		}
	}
	return strings.Join(list, " ")
}

// relativeTo makes the paths in options, if there are any, start from dir.
func relativeTo(dir string, options []string) []string {
	list := slices.Clone(options)
	for i, option := range list {
		name, value, _ := strings.Cut(option, " ")
		isPath := name == "--find-links" || strings.HasPrefix(value, ".") && (name == "--index-url" || name == "--extra-index-url")
		if !isPath || strings.Contains(value, ":") || strings.HasPrefix(value, "$") || path.IsAbs(value) {
			continue
		}
		if value = path.Join(dir, value); !path.IsAbs(value) {
			value = "./" + value
		}
		list[i] = name + " " + value
	}
	return list
}

// OptionsAt gives the options of a lock as a file outside of the app dir needs them: with absolute paths.
func OptionsAt(options []string, app string) []string { return relativeTo(app, options) }
