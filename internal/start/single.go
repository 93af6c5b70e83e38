package start

import "regexp"

// passesObject is a server that the app's own code starts with the app object. uvicorn runs several workers only of an app that
// it is given by name; with an object and WEB_CONCURRENCY above 1 it ends at once. NiceGUI's ui.run does the same.
var passesObject = regexp.MustCompile(`\buvicorn\.run\(\s*(?:app\s*=\s*)?[A-Za-z_][\w.]*\s*[(,)]|\bui\.run\(`)

// single tells whether a program can only have one worker: its module, or one of the app that this imports, starts the server
// with the app object.
func (f *finder) single(m *module) bool {
	if m == nil || passesObject.Match(m.source) {
		return m != nil
	}
	for _, name := range m.order {
		for _, b := range m.names[name] {
			parent, _, _ := cutLast(b.imported)
			for _, imported := range []string{b.imported, parent} {
				if imported == "" {
					continue
				}
				if other := f.tree.module(f.tree.locate(m, imported)); other != nil && passesObject.Match(other.source) {
					return true
				}
			}
		}
	}
	return false
}
