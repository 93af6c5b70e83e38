package defaults

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Machine is what the defaults see of the container, beside its environment.
type Machine struct {
	Files    fs.FS                 // the root directory
	CPUs     int                   // that the kernel lets the process run on
	Gunicorn string                // the file with which gunicorn takes the defaults, or nothing if the image has none
	Creates  func(dir string) bool // whether a file can be made in a directory
}

// has tells whether a program is on PATH.
func (m Machine) has(env Environment, program string) bool {
	for _, dir := range filepath.SplitList(env["PATH"]) {
		if info, err := fs.Stat(m.Files, strings.TrimPrefix(path.Join(dir, program), "/")); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}
