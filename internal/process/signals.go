package process

import (
	"path"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// stopping are the programs that stop in an orderly way on SIGTERM, by a handler of their own. The kernel delivers no signal to a
// container's first process that it has no handler for (pid_namespaces(7)): any other program needs one in front of it.
var stopping = []string{
	"gunicorn", "uvicorn", "fastapi", "hypercorn", "daphne", "granian", "sanic",
	"celery", "rq", "huey.bin.huey_consumer", "huey_consumer", "huey_consumer.py", "dramatiq", "arq",
	"awslambdaric", // what runs a function stops it
}

// stopsItself tells it of a command that is a single program.
func stopsItself(e entry, file *syntax.File) bool {
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok {
		return false
	}
	v := newInvocation(e.command, call)
	return v.name < len(v.args) && slices.Contains(stopping, path.Base(v.args[v.name]))
}
