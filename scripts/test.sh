#!/usr/bin/env bash
# test.sh [unit|integration]: unit runs the packages' own tests and the linters; integration builds and runs apps with
# the real pack, lifecycle and Docker. Without an argument: both.
source "$(dirname "$0")/lib.sh"
cd "$root"

run() { # LABEL COMMAND...
  local start=$EPOCHREALTIME
  echo "--> $1"
  "${@:2}"
  echo "--> $1: $(since "$start")"
}

unit() {
  run "a CPython to compile with" scripts/supply.sh
  mapfile -t packages < <(go list ./... | grep -v /integration)
  run "unit tests" go test "${packages[@]}"
  run "linters" scripts/lint.sh
}

integration() {
  run "builder" scripts/builder.sh
  run "integration tests" go test -count 1 -timeout 45m ./integration/... -builder "$builder"
}

case ${1-} in
  '') # One by one: bash does not stop at errors in a function that && follows.
    unit
    integration
    ;;
  unit | integration) "$1" ;;
  *) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
