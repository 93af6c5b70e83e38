package process

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// invocation is one program started somewhere in an entry's command, which may be a whole shell script.
type invocation struct {
	source      string
	words       []*syntax.Word
	args        []string          // the words' texts; of a word that only a shell can read, its source
	environment map[string]string // the variables set in front of it
	first       int               // the index of the word after exec and env: poetry of "exec poetry run python -m flask"
	start       int               // the index of the word that replaces the first process: python of "python -m flask"
	name        int               // the index of what is run: flask of "python -m flask"
}

// edit replaces a piece of the command.
type edit struct {
	from, to int
	text     string
}

// developmentServers warns about servers that are made for a developer's own machine: they serve one user, restart
// when files change, and some show the source code on an error. Each warning has the line that is to stand instead.
func developmentServers(e entry, file *syntax.File, app fs.FS) []Warning {
	var edits []edit
	var names []string
	syntax.Walk(file, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			name, more := inspect(newInvocation(e.command, call), app)
			edits = append(edits, more...)
			if name != "" {
				names = append(names, name)
			}
		}
		return true
	})
	if len(names) == 0 {
		return nil
	}
	return []Warning{{
		Line: e.line,
		Text: "The process " + e.kind + " runs " + strings.Join(names, " and ") + ", which is for development only. Write instead: " +
			e.kind + ": " + apply(e.command, edits),
	}}
}

// inspect gives the name of a development server and the edits that turn it into one for production.
func inspect(v invocation, app fs.FS) (string, []edit) {
	if v.name >= len(v.args) {
		return "", nil
	}
	rest := v.args[v.name+1:]
	switch name := path.Base(v.args[v.name]); name {
	case "manage.py", "django-admin", "django":
		if slices.Contains(rest, "runserver") || slices.Contains(rest, "runserver_plus") {
			return "Django's development server", []edit{v.replaced(djangoServer(v.args[v.name], app))}
		}
	case "flask":
		if slices.Contains(rest, "run") {
			return "Flask's development server", []edit{v.replaced(flaskServer(v, app))}
		}
	case "fastapi":
		if slices.Contains(rest, "dev") {
			return "FastAPI's development server", v.fastAPI("dev")
		}
		if slices.Contains(rest, "--reload") {
			return "fastapi with --reload", v.fastAPI("")
		}
	case "uvicorn", "hypercorn", "gunicorn", "granian", "litestar":
		if slices.Contains(rest, "--reload") {
			return name + " with --reload", append(v.withoutReload(), v.reachable(name)...)
		}
	}
	return "", nil
}

func newInvocation(source string, call *syntax.CallExpr) invocation {
	v := invocation{source: source, words: call.Args, environment: map[string]string{}}
	for _, w := range call.Args {
		v.args = append(v.args, textOf(source, w))
	}
	for _, a := range call.Assigns {
		if a.Name != nil && a.Value != nil {
			v.environment[a.Name.Value] = textOf(source, a.Value)
		}
	}
	v.find()
	return v
}

func textOf(source string, w *syntax.Word) string {
	if parts, ok := readWord(w); ok {
		if text, ok := parts.literal(); ok {
			return text
		}
	}
	return source[w.Pos().Offset():w.End().Offset()]
}

var interpreter = regexp.MustCompile(`^(python|pypy)[0-9.]*$`)

// find skips what only leads to the program: exec, env with its variables, a package manager's run, the interpreter.
func (v *invocation) find() {
	i, managed := 0, false
	for ; i < len(v.args); i++ {
		name, value, assigns := strings.Cut(v.args[i], "=")
		switch {
		case assigns && i > 0:
			v.environment[name] = value
			continue
		case slices.Contains([]string{"exec", "env", "nohup", "command"}, v.args[i]):
			continue
		case i+1 < len(v.args) && v.args[i+1] == "run" && slices.Contains([]string{"poetry", "uv", "pipenv", "pdm", "hatch"}, v.args[i]):
			if !managed {
				v.first, managed = i, true
			}
			i++
			continue
		}
		break
	}
	v.start, v.name = i, i
	if !managed {
		v.first = i
	}
	if i == len(v.args) || !interpreter.MatchString(path.Base(v.args[i])) {
		return
	}
	for i++; i < len(v.args) && strings.HasPrefix(v.args[i], "-"); i++ {
		if v.args[i] == "-m" {
			i++
			break
		}
	}
	v.name = i
}

// replaced is the edit that puts another program in the place of the whole invocation.
func (v invocation) replaced(text string) edit {
	return edit{v.from(v.start), v.to(len(v.words) - 1), text}
}

func (v invocation) from(i int) int { return int(v.words[i].Pos().Offset()) }
func (v invocation) to(i int) int   { return int(v.words[i].End().Offset()) }

// reloadOption is what belongs to --reload, in all servers that have it.
var reloadOption = regexp.MustCompile(`^--reload(-[a-z-]+)?(=.*)?$`)

func (v invocation) withoutReload() []edit {
	var edits []edit
	for i := v.name + 1; i < len(v.args); i++ {
		match := reloadOption.FindStringSubmatch(v.args[i])
		if match == nil {
			continue
		}
		last := i
		if match[1] != "" && match[2] == "" && i+1 < len(v.args) {
			last++
		}
		edits = append(edits, edit{v.to(i - 1), v.to(last), ""})
		i = last
	}
	return edits
}

// reachable adds the address: without one, uvicorn and its kind listen where only the container itself can reach them.
// Gunicorn takes $PORT by itself.
func (v invocation) reachable(name string) []edit {
	options := map[string][]string{
		"uvicorn":   {"--host", "--port", "--uds", "--fd"},
		"granian":   {"--host", "--port", "--uds"},
		"litestar":  {"--host", "-H", "--port", "-p", "-P", "--uds", "-U", "--fd", "-F"},
		"hypercorn": {"--bind", "-b"},
	}[name]
	if options == nil || v.has(options) {
		return nil
	}
	text := " --host 0.0.0.0 --port $PORT"
	if name == "hypercorn" {
		text = " --bind 0.0.0.0:$PORT"
	}
	end := v.to(len(v.words) - 1)
	return []edit{{end, end, text}}
}

func (v invocation) has(options []string) bool {
	return slices.ContainsFunc(v.args, func(arg string) bool {
		option, _, _ := strings.Cut(arg, "=")
		return slices.Contains(options, option)
	})
}

func (v invocation) fastAPI(command string) []edit {
	edits := v.withoutReload()
	if i := slices.Index(v.args, command); i > v.name {
		edits = append(edits, edit{v.from(i), v.to(i), "run"})
	}
	if !v.has([]string{"--port"}) {
		end := v.to(len(v.words) - 1)
		edits = append(edits, edit{end, end, " --port $PORT"})
	}
	return edits
}

func apply(text string, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.from] + e.text)
		at = e.to
	}
	return b.String() + text[at:]
}
