#!/usr/bin/env bash
# Makes a bare Debian 12 machine (root, Go) able to build and test the buildpack: Docker, pack, the lifecycle and
# the base images lockstep/build:local, lockstep/run:local and lockstep/run-distroless:local. What is there and fresh is kept.
source "$(dirname "$0")/lib.sh"
alone
cd "$root"
step "Debian packages" scripts/setup/packages.sh
step "Docker's engine" scripts/setup/docker.sh
step "pack, lifecycle and crane (first time: minutes)" scripts/setup/tools.sh
step "base images" scripts/setup/images.sh
step "run image without a shell" scripts/setup/distroless.sh
