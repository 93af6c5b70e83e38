#!/usr/bin/env bash
# Makes CPython and uv archives, for amd64 and arm64, out of what package registries serve. build/.cache/supply holds
# them, dependencies.toml (for package.sh --dependencies) and an unpacked CPython for this machine.
source "$(dirname "$0")/lib.sh"
alone
cd "$root"

# Version and build of CPython; the Go module's release number for it, and its checksum.
cpythons=(
  "3.14.6+20260610 1 h1:oGUS7++Wm3LgxUfD6AmJgKbKQD2wdQFO9PzyJv6T+E4="
  "3.12.3+20240415 2 h1:JcYhVgX7jFN8QcoBxx8/kLxUyeUzE/JnGf5ntulNPPM="
)
supply=$cache/supply
made_from=$(key scripts/supply.sh scripts/supply/!(*_test.go) "$root")
if fresh "$supply/.key" "$made_from"; then exit 0; fi
rm -rf "$supply"
mkdir -p "$supply"
go build -buildvcs=false -o "$cache/bin/supply" ./scripts/supply

for cpython in "${cpythons[@]}"; do
  # shellcheck disable=SC2086 # three words
  step "CPython ${cpython%% *} from its Go module" scripts/supply/cpython.sh $cpython
done
step "uv from its wheels" scripts/supply/uv.sh
echo "$made_from" >"$supply/.key"
