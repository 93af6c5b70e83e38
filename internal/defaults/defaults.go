// Package defaults chooses the variables that a process gets at start. In go the container's environment and its files, out
// come the variables that nobody has set, and where a value comes from. Handing them to the process is left to launch.
package defaults

import "strings"

// Environment is the container's; the process's own is this and the assignments.
type Environment map[string]string

// Lookup tells an empty variable from one that is not set.
func (e Environment) Lookup(name string) (string, bool) {
	value, set := e[name]
	return value, set
}

// ReadEnvironment takes NAME=value entries. Of two with one name, the first counts.
func ReadEnvironment(environ []string) Environment {
	env := Environment{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if _, twice := env[name]; !twice {
			env[name] = value
		}
	}
	return env
}

// Assignment is one variable for the process. Why is where its value comes from, if the log is to say so.
type Assignment struct {
	Name, Value, Why string
}

// all are asked in this order. Each gives what it adds: nothing where the user has set a value. A later one sees what the
// earlier ones added.
var all = []func(Environment, Machine) ([]Assignment, error){
	port,
	unbuffered,
	address,
	concurrency,
	temporary,
	certificates,
	gunicorn,
	uvicorn,
	granian,
}

// Choose collects what all defaults add.
func Choose(environ []string, m Machine) ([]Assignment, error) {
	env := ReadEnvironment(environ)
	var chosen []Assignment
	for _, f := range all {
		list, err := f(env, m)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			env[a.Name] = a.Value
		}
		chosen = append(chosen, list...)
	}
	return chosen, nil
}
