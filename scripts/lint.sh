#!/usr/bin/env bash
# Checks the sources: gofmt, go vet, staticcheck, and shellcheck where it can be had.
source "$(dirname "$0")/lib.sh"
cd "$root"
mapfile -t scripts < <(ls .ci/run scripts/*.sh scripts/*/*.sh)

unformatted=$(find . -name '*.go' -not -path './build/.cache/*' -print0 | xargs -0 gofmt -l)
[[ -z $unformatted ]] || { printf 'gofmt would change:\n%s\n' "$unformatted" >&2; exit 1; }
step "go vet" go vet ./...
step "staticcheck (first time: a minute)" go build -C scripts/tools -o "$cache/bin/" honnef.co/go/tools/cmd/staticcheck
"$cache/bin/staticcheck" ./...

if ! command -v shellcheck >/dev/null && [[ $EUID -eq 0 ]]; then
  step "shellcheck's Debian package" bash -c 'apt-get update && apt-get install -y --no-install-recommends shellcheck' || true
fi
if command -v shellcheck >/dev/null; then shellcheck -x "${scripts[@]}"; else echo "--> shellcheck is not here: skipped"; fi
