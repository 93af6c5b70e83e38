package defaults

import (
	"slices"
	"strconv"
	"strings"
)

const (
	// atATime is how many requests a gunicorn worker without a loop of its own serves together: threads that wait for a database
	// cost nearly nothing, and as many workers cost a gigabyte. They are not shared out between the workers: a worker that gets
	// most of the connections, which stay open, has to serve them alone.
	atATime = 40
	// atMost is how many all workers serve together: less than the 100 connections that PostgreSQL has for everybody.
	atMost = 80
	// keepAlive is longer than the minute after which most load balancers close an idle connection: a server that closes
	// first answers some requests with a reset.
	keepAlive = 75
)

// gunicorn has gunicorn read a file of ours (gunicorn.py) before the app's own gunicorn.conf.py: what stands in
// GUNICORN_CMD_ARGS itself would overrule that file. The user's arguments stay, and win.
func gunicorn(env Environment, m Machine) ([]Assignment, error) {
	if m.Gunicorn == "" || !m.has(env, "gunicorn") {
		return nil, nil
	}
	stop, err := gracefulTimeout(env)
	if err != nil {
		return nil, err
	}
	settings := []string{"threads=" + strconv.Itoa(threads(env)), "keepalive=" + strconv.Itoa(keepAlive), "graceful_timeout=" + strconv.Itoa(stop)}
	if dir := m.heartbeats(); dir != "" {
		settings = append(settings, "worker_tmp_dir="+dir)
	}
	if env["BIND_ADDRESS"] != anyIPv4 {
		settings = append(settings, "bind="+bracketed(env["BIND_ADDRESS"])+":"+env["PORT"])
	}
	args := strings.TrimSpace("--config " + m.Gunicorn + " " + env["GUNICORN_CMD_ARGS"])
	own := unset(env, Assignment{Name: "LOCKSTEP_GUNICORN", Value: strings.Join(settings, " ")})
	return append([]Assignment{{Name: "GUNICORN_CMD_ARGS", Value: args}}, own...), nil
}

// threads are those of one worker. A machine with many CPUs gets some for each.
func threads(env Environment) int {
	workers, err := strconv.Atoi(strings.TrimSpace(env["WEB_CONCURRENCY"]))
	if err != nil {
		workers = 1
	}
	return max(4, min(atATime, (atMost+workers-1)/workers))
}

// uvicorn reads each of its options from a variable.
func uvicorn(env Environment, m Machine) ([]Assignment, error) {
	if !m.has(env, "uvicorn") {
		return nil, nil
	}
	stop, err := gracefulTimeout(env)
	if err != nil {
		return nil, err
	}
	return unset(env,
		Assignment{Name: "UVICORN_HOST", Value: env["BIND_ADDRESS"]},
		Assignment{Name: "UVICORN_PORT", Value: env["PORT"]},
		Assignment{Name: "UVICORN_TIMEOUT_KEEP_ALIVE", Value: strconv.Itoa(keepAlive)},
		Assignment{Name: "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", Value: strconv.Itoa(stop)},
	), nil
}

// granian does too.
func granian(env Environment, m Machine) ([]Assignment, error) {
	if !m.has(env, "granian") {
		return nil, nil
	}
	return unset(env,
		Assignment{Name: "GRANIAN_HOST", Value: env["BIND_ADDRESS"]},
		Assignment{Name: "GRANIAN_PORT", Value: env["PORT"]},
		Assignment{Name: "GRANIAN_WORKERS", Value: env["WEB_CONCURRENCY"]},
	), nil
}

// unset are those of the assignments whose variables nobody has set.
func unset(env Environment, list ...Assignment) []Assignment {
	return slices.DeleteFunc(list, func(a Assignment) bool { return env[a.Name] != "" })
}

// gracefulTimeout is what requests have to end after SIGTERM, in seconds: two less than the time after which the platform kills,
// which is 30 seconds in Kubernetes, and 10 for Docker and most others.
func gracefulTimeout(env Environment) (int, error) {
	const name = "BPL_GRACE_PERIOD"
	period := 10
	if env["KUBERNETES_SERVICE_HOST"] != "" {
		period = 30
	}
	if text := strings.TrimSpace(env[name]); text != "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return 0, badSeconds(name, env[name])
		}
		period = int(n)
	}
	return max(1, period-2), nil
}
