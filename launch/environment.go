package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/lockstep/python/internal/defaults"
)

// assign writes the variables for the process as TOML, and for a web process a line to the log that says what was chosen: a
// program that is run by hand is not to be disturbed by it.
func assign(environ []string, out, log io.Writer) error {
	root := rootFiles{os.DirFS("/")}
	list, err := defaults.Choose(environ, defaults.Machine{Files: root, CPUs: runtime.NumCPU(), Gunicorn: gunicorn(), Creates: creates})
	if err != nil {
		return err
	}
	var b strings.Builder
	var said []string
	for _, a := range list {
		b.WriteString(a.Name + " = " + quote(a.Value) + "\n")
		if a.Why != "" {
			said = append(said, a.Name+"="+a.Value+" ("+a.Why+")")
		}
	}
	if b.Len() == 0 {
		return nil
	}
	if len(said) > 0 && processType(root, os.Getppid()) == "web" {
		fmt.Fprintf(log, "Lockstep: %s\n", strings.Join(said, ", "))
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("writing the launch environment (the lifecycle's launcher is to give file descriptor 3): %w", err)
	}
	return nil
}

// rootFiles reads the kernel's small files without what Go does to let a goroutine wait for them, which takes most of the time.
type rootFiles struct{ fs.FS }

func (r rootFiles) ReadFile(name string) ([]byte, error) {
	fd, err := syscall.Open("/"+name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	defer syscall.Close(fd)
	var data []byte
	buffer := make([]byte, 8192)
	for {
		n, err := syscall.Read(fd, buffer)
		if err != nil {
			return nil, &fs.PathError{Op: "read", Path: name, Err: err}
		}
		if n == 0 {
			return data, nil
		}
		data = append(data, buffer[:n]...)
	}
}

func (r rootFiles) Stat(name string) (fs.FileInfo, error) { return os.Stat("/" + name) }

// gunicorn is the file that build made for it in a layer beside the helper's, if it did.
func gunicorn() string {
	own, err := os.Executable()
	if err != nil {
		return ""
	}
	file := filepath.Join(own, "../../../gunicorn-defaults/prefix/gunicorn.pyc")
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

// processType is the name under which the lifecycle's launcher was called, e.g. web for /cnb/process/web.
func processType(root fs.FS, launcher int) string {
	line, err := fs.ReadFile(root, "proc/"+strconv.Itoa(launcher)+"/cmdline")
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(string(line), "\x00")
	return path.Base(name)
}

// creates tries it, as permissions alone do not tell: the file system may be read-only.
func creates(dir string) bool {
	name := filepath.Join(dir, ".lockstep-"+strconv.Itoa(os.Getpid()))
	fd, err := syscall.Open(name, syscall.O_RDWR|syscall.O_CREAT|syscall.O_EXCL|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return false
	}
	return errors.Join(syscall.Close(fd), os.Remove(name)) == nil
}

// quote writes a TOML basic string.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
