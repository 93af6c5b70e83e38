#!/usr/bin/env bash
# cpython.sh VERSION+BUILD RELEASE SUM: adds CPython archives made of one release of a Go module to build/.cache/supply,
# and unpacks the first one that this machine can run.
source "$(dirname "$0")/../lib.sh"
supply=$cache/supply

# Outside of our module, whose go.mod and go.sum have nothing to do with it. Go's checksum database is asked here, the
# pinned checksum is compared by supply.
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
module=github.com/kluctl/go-embed-python@v0.0.0-${1/+/-}-$2
(cd "$elsewhere" && go mod download -json "$module" >module.json) || { cat "$elsewhere/module.json"; exit 1; }

for target in amd64 arm64; do
  "$cache/bin/supply" cpython "$1" "$target" "$3" "$elsewhere/module.json" "$supply" >>"$supply/dependencies.toml"
done
if [[ ! -d $supply/python ]]; then
  machine=$(uname -m)
  tar -xzf "$supply/cpython-$1-$machine-unknown-linux-gnu-install_only_stripped.tar.gz" -C "$supply"
fi
