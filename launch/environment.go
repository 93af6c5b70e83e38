package main

import (
	"fmt"
	"io"
	"strings"
)

// environment is the container's; the process's own is this and the assignments.
type environment map[string]string

// assignment is one variable for the process.
type assignment struct {
	name, value string
}

// defaults are asked in this order. Each looks at the environment alone and gives what it adds: nothing where the user
// has set a value.
var defaults = []func(environment) ([]assignment, error){
	port,
	unbuffered,
}

// assign writes the assignments of all defaults as TOML.
func assign(environ []string, out io.Writer) error {
	env := readEnvironment(environ)
	var b strings.Builder
	for _, f := range defaults {
		list, err := f(env)
		if err != nil {
			return err
		}
		for _, a := range list {
			b.WriteString(a.name + " = " + quote(a.value) + "\n")
		}
	}
	if b.Len() == 0 {
		return nil
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("writing the launch environment (the lifecycle's launcher is to give file descriptor 3): %w", err)
	}
	return nil
}

func readEnvironment(environ []string) environment {
	env := environment{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if _, twice := env[name]; !twice {
			env[name] = value
		}
	}
	return env
}

func (e environment) lookup(name string) (string, bool) {
	value, set := e[name]
	return value, set
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
