// Command build is bin/build.
package main

import (
	"github.com/paketo-buildpacks/packit/v2"
	_ "github.com/sclevine/spec"
	_ "github.com/onsi/gomega"
	_ "github.com/BurntSushi/toml"
	_ "mvdan.cc/sh/v3/syntax"
	_ "github.com/paketo-buildpacks/packit/v2/servicebindings"
)

func main() {
	packit.Build(func(packit.BuildContext) (packit.BuildResult, error) { return packit.BuildResult{}, nil })
}
