// Command build is bin/build: it makes the layers of the image and launch.toml (CNB Buildpack API 0.10, build phase).
package main

import (
	"os"
	"syscall"
	"time"

	"github.com/paketo-buildpacks/packit/v2"

	"github.com/lockstep/python/internal/command"
)

func main() {
	syscall.Umask(0o022) // modes go into the digests of layers
	packit.Build(Build(os.Environ(), os.Stdout, time.Now, command.Run, bindings))
}
