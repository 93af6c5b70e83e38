package start

import (
	"path"
	"regexp"
)

// Why a process may have only one worker, as the build tells it.
const (
	handsObject = `its server is given the app object; uvicorn runs more workers of an app that it is given by name: uvicorn.run("main:app")`
	hasSessions = "Socket.IO keeps the sessions of its clients in the process"
)

// passesObject is a server that the app's own code starts with the app object. uvicorn runs several workers only of an app that
// it is given by name; with an object and WEB_CONCURRENCY above 1 it ends at once. NiceGUI's ui.run does the same.
var passesObject = regexp.MustCompile(`\buvicorn\.run\(\s*(?:app\s*=\s*)?[A-Za-z_][\w.]*\s*[(,)]|\bui\.run\(`)

// single tells why a program can only have one worker, or nothing: its module, or one of the app that this imports, starts the
// server with the app object.
func (f *finder) single(m *module) string {
	if m == nil {
		return ""
	}
	if passesObject.Match(m.source) {
		return handsObject
	}
	for _, name := range m.order {
		for _, b := range m.names[name] {
			parent, _ := cutLast(b.imported)
			for _, imported := range []string{b.imported, parent} {
				if imported == "" {
					continue
				}
				if other := f.tree.module(f.tree.locate(m, imported)); other != nil && passesObject.Match(other.source) {
					return handsObject
				}
			}
		}
	}
	return ""
}

// sessions tells why a server can only have one worker, or nothing: neither gunicorn nor uvicorn sends a client of Socket.IO to the
// worker again that knows it.
func (f *finder) sessions(c candidate) string {
	if c.framework == socketASGI || c.framework == socketWSGI || f.packages.has("flask-socketio") {
		return hasSessions
	}
	return ""
}

// singleProgram is the same for a program of a Procfile.
func (f *finder) singleProgram(args []string) string {
	if name := path.Base(args[0]); name == "gunicorn" || name == "hypercorn" {
		return f.sessions(candidate{})
	}
	return f.single(f.program(args))
}
