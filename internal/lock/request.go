package lock

import (
	"fmt"
	"strings"

	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/near"
	"github.com/lockstep/python/internal/pep508"
)

// unknown is a request for what is not there. What there is stands in the order of likeness.
func unknown(kind string, name pep508.Name, known []pep508.Name, where string) error {
	what := fmt.Sprintf("there is no %s %s", kind, name)
	fix := "do not ask for it: there is none at all"
	if len(known) > 0 {
		list := make([]string, 0, len(known))
		for _, other := range near.Sort(name, known) {
			list = append(list, string(other))
		}
		what += "; there is " + strings.Join(list, ", ")
		fix = "ask for " + list[0] + ", or another of these"
	}
	return &failure.Error{What: what, Where: where, Fix: fix}
}
