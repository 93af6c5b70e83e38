// Command detect is bin/detect: it says whether the app dir is a Python app (CNB Buildpack API 0.10, detection).
package main

import "github.com/paketo-buildpacks/packit/v2"

func main() { packit.Detect(Detect) }
