package install

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

// buildOutput begins what a package's build printed.
var buildOutput = regexp.MustCompile(`\[std(?:out|err)\] `)

// explain turns a failure of uv into the owner's error.
func explain(file, task, said string, err error) error {
	what, fix := fmt.Sprintf("uv could not %s (%s): see its words above", task, err), ""
	all := flat(said)
	if rest, ok := strings.CutPrefix(all, "error: The build backend"); ok { // a directory without a name is built to learn what it requires
		all = "Failed to build `app @ file:` The build backend" + rest
	}
	own := buildOutput.Split(all, 2)[0]
	for _, c := range causes {
		text := own
		if c.inside {
			text = all
		}
		if m := c.words.FindStringSubmatch(text); m != nil {
			what, fix = c.say(m[1:]), c.fixFor(file)
			if known := headers[m[len(m)-1]]; known != "" {
				fix = strings.Replace(fix, development, known, 1)
			}
			break
		}
	}
	return &failure.Error{What: what, Where: file, Fix: fix, Err: err}
}

// flat undoes the breaking of long sentences and the lines that uv draws beside them.
func flat(said string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╰─▶", " ", "├─▶", " ", "×", " ").Replace(said)), " ") + " "
}

// fixFor is the fix for what comes from this file.
func (c cause) fixFor(file string) string {
	name := filepath.Base(file)
	if filepath.Ext(name) == ".txt" {
		name = "requirements.txt"
	}
	if fix, ok := c.fixes[name]; ok {
		return fix
	}
	if located := name == "uv.lock" || name == "pdm.lock" || strings.HasPrefix(name, "pylock."); located && c.fixes["URL"] != "" {
		return c.fixes["URL"]
	}
	return c.fix
}

func (c cause) say(words []string) string {
	if !strings.Contains(c.what, "%") {
		return c.what
	}
	var args []any
	for _, word := range words {
		args = append(args, word)
	}
	return fmt.Sprintf(c.what, args...)
}

func unsetVariable(file, name string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s asks for the variable %s, which has no value in this build", file, name),
		Where: file,
		Fix:   fmt.Sprintf("give it to the build: pack build --env %s=…", name),
	}
}
