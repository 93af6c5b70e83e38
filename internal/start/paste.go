package start

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// paste is Pyramid's way without an app object: a configuration file names a factory that takes the file's settings
// (https://docs.pylonsproject.org/projects/pastedeploy).
var paste = &framework{"Pyramid", own}

var (
	mainSection = regexp.MustCompile(`(?m)^\[(app|pipeline|composite):main\]`)
	egg         = regexp.MustCompile(`(?m)^use *= *egg:([A-Za-z0-9._-]+)`)
)

// forDevelopers are the configurations that are not for production.
var forDevelopers = set("development.ini testing.ini test.ini")

// pasted are the configuration files of an app that has no app object: production.ini, or else those of any other name.
func (f *finder) pasted() []candidate {
	if !f.packages.has("pyramid") {
		return nil
	}
	var list []candidate
	for _, file := range f.tree.others {
		if c, ok := f.configuration(file); ok && path.Dir(file) == f.tree.home {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return a.rank - b.rank })
	return list
}

// configuration is the app of a file with a main section.
func (f *finder) configuration(file string) (candidate, bool) {
	text, err := fs.ReadFile(f.tree.app, file)
	main := mainSection.FindIndex(text)
	if err != nil || path.Ext(file) != ".ini" || main == nil {
		return candidate{}, false
	}
	m := &module{file: file, root: path.Dir(file), source: text}
	c := candidate{module: m, line: strings.Count(string(text[:main[0]]), "\n") + 1, framework: paste, id: file}
	switch base := path.Base(file); {
	case forDevelopers[base]:
		c.rank = 2
	case base != "production.ini":
		c.rank = 1
	}
	return c, true
}

// paste gives the command. waitress has none that reads the app from such a file and the port from a variable.
func (f *finder) paste(c candidate) serving {
	file := within(c)
	if forDevelopers[path.Base(file)] {
		return notStarted(c, "with settings for development, which can show visitors the app's insides.\n"+
			"Add a production.ini without them, or a Procfile that says which to start all the same:\nweb: gunicorn --paste "+file)
	}
	s := serving{command: "gunicorn --paste " + quote(file)}
	switch {
	case f.packages.has("gunicorn"):
		f.gunicornConf(c).say(&s)
	case f.packages.has("waitress"):
		s.command = `python -c "import os; from pyramid.paster import get_app, setup_logging; from waitress import serve; setup_logging('` + file +
			"'); serve(get_app('" + file + "'), host=os.environ.get('BIND_ADDRESS', '0.0.0.0'), port=int(os.environ['PORT']))\""
	default:
		s.needs = "gunicorn"
		s.warnings = append(s.warnings, f.noServer(wsgi, "gunicorn"))
	}
	for _, match := range egg.FindAllSubmatch(c.module.source, -1) {
		if name := string(match[1]); name != "waitress" && !f.packages.has(string(pep508.NewName(name))) {
			s.warnings = append(s.warnings, fmt.Sprintf("%s takes the app from the installed project %s, which is not among the packages, so it would stop "+
				"with an error: have it installed (a line with a dot alone in requirements.txt), or write use = call:module:function", c.module.file, name))
		}
	}
	return s
}
