module github.com/lockstep/python

go 1.26.5

require (
	github.com/BurntSushi/toml v1.6.0
	github.com/onsi/gomega v1.44.0
	github.com/paketo-buildpacks/packit/v2 v2.25.7
	github.com/sclevine/spec v1.4.0
	mvdan.cc/sh/v3 v3.12.0
)

require (
	github.com/Masterminds/semver/v3 v3.5.0 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/klauspost/compress v1.19.0
	github.com/pelletier/go-toml v1.9.5 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.57.0 // indirect
	golang.org/x/text v0.40.0 // indirect
)
