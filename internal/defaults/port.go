package defaults

import (
	"strconv"

	"github.com/lockstep/python/internal/failure"
)

// defaultPort is what the ecosystem's platforms and documentation expect.
const defaultPort = "8080"

// port makes PORT hold a port: commands use $PORT, and servers read it on their own.
func port(env Environment, _ Machine) ([]Assignment, error) {
	value := env["PORT"]
	if value == "" {
		return []Assignment{{Name: "PORT", Value: defaultPort}}, nil
	}
	if _, err := strconv.ParseUint(value, 10, 16); err != nil {
		return nil, &failure.Error{
			What:  "PORT is " + strconv.Quote(value) + ", which is not the number of a port.",
			Where: "the container's environment, variable PORT",
			Fix:   "set it to a number from 0 to 65535, e.g. PORT=" + defaultPort + ", or leave it unset for " + defaultPort,
			Err:   err,
		}
	}
	return nil, nil
}
