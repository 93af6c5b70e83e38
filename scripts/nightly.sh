#!/usr/bin/env bash
# nightly.sh [fuzz|large|cpu|formats|apps]...: what takes too long for every change. fuzz: each fuzz target for FUZZTIME (1m). large: locks
# of 20 MB, which may neither hang nor fill the memory. cpu: the CPU time of reading, checking, selecting and planning a lock of 1,000
# packages, and of finding the app among 5,000 files. formats: MANIFESTS (all) typical manifests locked in every format, which have to
# come to the same packages. apps: every app of the corpus as an image, one in every hostile container, and builds disturbed at 20
# points (needs redis-server). Without an argument: all of it.
source "$(dirname "$0")/lib.sh"
cd "$root"

fuzz() {
  local package target targets
  for package in $(go list ./internal/...); do
    targets=$(go test -list '^Fuzz' "$package")
    for target in $(grep '^Fuzz' <<<"$targets" || true); do
      step "$target of ${package##*/internal/} for ${FUZZTIME:=1m}" \
        go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 1x -parallel 2
    done
  done
}

large() {
  step "locks of 20 MB" go test -count 1 ./internal/lock -run '^TestLarge$' -large -v -timeout 20m
}

cpu() {
  go test ./internal/lock ./internal/layer ./internal/start -run '^$' -bench 000 -benchtime 20x
}

formats() {
  echo "--> the same packages in every format"
  scripts/differential.sh -n "${MANIFESTS:-1000}"
}

apps() {
  scripts/builder.sh
  echo "--> every app of the corpus"
  go test -count 1 -timeout 5h ./integration/... -builder "$builder" -every-app -every-cell -points 20 -run 'TestIntegration/integration/(Start|Queues|Hostile|Crash|Machines)'
}

[[ $# -gt 0 ]] || set -- fuzz large cpu formats apps
for part; do
  case $part in # One by one: bash does not stop at errors in a function that && follows.
    fuzz | large | cpu | formats | apps) "$part" ;;
    *) sed -n '2,6s/^# //p' "$0" >&2 && exit 2 ;;
  esac
done
