//go:build tools

// Package tools pins, in a module of its own, the programs that the scripts
// build: none of their dependencies reaches the buildpack's go.mod.
package tools

import (
	_ "github.com/buildpacks/lifecycle/cmd/launcher"
	_ "github.com/buildpacks/lifecycle/cmd/lifecycle"
	_ "github.com/buildpacks/pack"
	_ "github.com/google/go-containerregistry/cmd/crane"
	_ "honnef.co/go/tools/cmd/staticcheck"
)
