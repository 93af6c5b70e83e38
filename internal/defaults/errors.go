package defaults

import (
	"strconv"

	"github.com/lockstep/python/internal/failure"
)

func badWorkers(value string) error {
	return &failure.Error{
		What:  "WEB_CONCURRENCY is " + strconv.Quote(value) + ", which is not a number of workers.",
		Where: "the container's environment, variable WEB_CONCURRENCY",
		Fix:   "set it to 1 or more, e.g. WEB_CONCURRENCY=2, or leave it unset to have it fit the container's CPUs and memory",
	}
}

func badSize(name, value string) error {
	return &failure.Error{
		What:  name + " is " + strconv.Quote(value) + ", which is not an amount of memory.",
		Where: "the container's environment, variable " + name,
		Fix:   "write a number with M or G, e.g. " + name + "=300M, or leave it unset for " + megabytes(workerMemory),
	}
}

func badSeconds(name, value string) error {
	return &failure.Error{
		What:  name + " is " + strconv.Quote(value) + ", which is not a number of seconds.",
		Where: "the container's environment, variable " + name,
		Fix:   "set it to the time that the platform gives a container to stop, e.g. " + name + "=30, or leave it unset",
	}
}
