#!/usr/bin/env bash
# Builds the buildpack's programs, static, reproducible and without HTTP/2 (0.4 MB), as build/.cache/programs/linux/ARCH/PROGRAM.
source "$(dirname "$0")/../lib.sh"

cd "$root"
for target in amd64 arm64; do
  mkdir -p "$cache/programs/linux/$target"
  GOOS=linux GOARCH=$target go build -trimpath -buildvcs=false -tags nethttpomithttp2 -ldflags "-s -w" -o "$cache/programs/linux/$target/" \
    ./build ./detect ./launch
done
