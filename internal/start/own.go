package start

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// ownServer gives the command of an app whose framework brings the server.
func (f *finder) ownServer(c candidate) serving {
	source := string(c.module.source)
	switch c.framework {
	case sanic:
		return serving{command: "sanic " + plain(c) + factory(c, " --factory") + hosting + workers}
	case streamlit:
		return serving{command: "streamlit run " + within(c) + " --server.address " + host + " --server.port $PORT --server.headless true" +
			" --server.fileWatcherType none --browser.gatherUsageStats false"}
	case shiny:
		return serving{command: "shiny run " + within(c) + hosting}
	case panel:
		return serving{command: "panel serve " + within(c) + " --address " + host + " --port $PORT" +
			` --allow-websocket-origin "${BOKEH_ALLOW_WS_ORIGIN:-*}"`}
	case chainlit:
		return serving{command: "chainlit run " + within(c) + hosting + " --headless", notes: []string{
			"Chainlit writes .files, .chainlit and chainlit.md into the app dir when it starts: where that is read-only, commit the latter two, and mount .files"}}
	case fastMCP:
		return serving{command: "fastmcp run " + within(c) + ":" + c.name + " --transport http" + hosting + " --no-banner"}
	case paste:
		return f.paste(c)
	case mcp:
		return serving{command: f.mcp(c)}
	case gradio:
		return f.launchGradio(c)
	case niceGUI:
		if !strings.Contains(strings.ReplaceAll(source, " ", ""), "reload=False") {
			return notStarted(c, "ui.run() watches files and starts anew when one changes, which is for development only.\n"+
				`Write ui.run(port=int(os.environ.get("PORT", 8080)), reload=False, show=False)`)
		}
		return listens(c, "ui.run(port=...)")
	case aiohttp:
		return f.aiohttp(c, source)
	case tornado:
		if !strings.Contains(source, ".listen(") && !strings.Contains(source, ".bind(") {
			m := f.runs(listening)
			if m == nil || m.root != c.module.root {
				return notStarted(c, "nothing in it listens. Call listen(int(os.environ[\"PORT\"])) on the application")
			}
			c.module = m
		}
		return listens(c, "listen(...)")
	}
	return serving{}
}

// sessionKey warns of a FastHTML app that makes up the key of its sessions when it starts.
func (f *finder) sessionKey(c candidate) {
	if _, err := fs.Stat(f.tree.app, ".sesskey"); err != nil && c.framework == fastHTML && !strings.Contains(string(c.module.source), "secret_key") {
		f.warnings = append(f.warnings, fmt.Sprintf("%s gives FastHTML no key for its sessions, so it writes one of its own to .sesskey when it starts: the sessions end "+
			"with the container, and where the app dir is read-only, the app does not start.\n"+`Write fast_app(secret_key=os.environ["SECRET_KEY"])`, c.module.file))
	}
}

var launching = regexp.MustCompile(`\.launch\(`)

// launchGradio runs a file that launches its Gradio app itself.
func (f *finder) launchGradio(c candidate) serving {
	if m := f.runs(launching); !launching.Match(c.module.source) && m != nil && m.root == c.module.root {
		c.module = m
	}
	source := string(c.module.source)
	if !launching.MatchString(source) {
		return notStarted(c, "nothing in it calls "+c.name+".launch(). Add that as its last line")
	}
	s := serving{command: "GRADIO_SERVER_NAME=" + host + " GRADIO_SERVER_PORT=$PORT " + python(c)}
	if strings.Contains(source, "server_port") && !strings.Contains(source, "PORT") {
		s.warnings = append(s.warnings, c.module.file+" sets server_port, so the platform's PORT is not used: leave server_port out")
	}
	return s
}

func notStarted(c candidate, why string) serving {
	return serving{warnings: []string{fmt.Sprintf("%s is an app of %s, but %s", c.module.file, c.framework.name, why)}}
}

// listens runs a file that listens by itself, and warns about one that chooses its port itself too.
func listens(c candidate, where string) serving {
	s := serving{command: python(c)}
	if !strings.Contains(string(c.module.source), "PORT") {
		s.warnings = append(s.warnings, fmt.Sprintf("%s does not use the variable PORT, where platforms expect the app: write "+
			"int(os.environ.get(\"PORT\", 8080)) for the port in %s", c.module.file, where))
	}
	return s
}

// python runs the module as a program.
func python(c candidate) string {
	if strings.Contains(c.module.name, ".") {
		return "python -m " + strings.TrimSuffix(c.module.name, ".__main__")
	}
	return "python " + within(c)
}

// aiohttp apps run under gunicorn with aiohttp's worker, or in the loop that they bring themselves.
func (f *finder) aiohttp(c candidate, source string) serving {
	if !f.packages.has("gunicorn") && strings.Contains(source, "run_app(") {
		return listens(c, "run_app(...)")
	}
	conf := f.gunicornConf(c)
	if c.factory && c.async {
		c.factory = false // the worker itself awaits it
	}
	s := serving{command: gunicorn(c, conf, "aiohttp.GunicornWebWorker")}
	conf.say(&s)
	if !f.packages.has("gunicorn") {
		s.needs = "gunicorn"
		s.warnings = append(s.warnings, "No server for aiohttp apps is among the packages: "+f.advice("gunicorn"))
	}
	return s
}

// mcp starts the server over HTTP, whatever transport the module itself would choose. Release 2 takes the address as
// arguments; before, it was a setting, and a host check for local servers was made from the first value.
func (f *finder) mcp(c candidate) string {
	const address = "os.environ.get('BIND_ADDRESS', '0.0.0.0')"
	const open = `python -c "import os; from `
	object := c.name
	imported := c.module.name + " import " + c.name
	if c.factory {
		object += "()"
	}
	if f.packages.major("mcp") >= 2 {
		return open + imported + "; " + object + ".run('streamable-http', host=" + address + `, port=int(os.environ['PORT']))"`
	}
	return open + imported + "; server = " + object + "; server.settings.host = " + address +
		"; server.settings.port = int(os.environ['PORT']); server.settings.transport_security = None; server.run('streamable-http')\""
}
