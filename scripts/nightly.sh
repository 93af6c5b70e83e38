#!/usr/bin/env bash
# nightly.sh [fuzz|large|cpu|formats|apps]...: what takes too long for every change. fuzz: each fuzz target for FUZZTIME (1m). large: locks
# of 20 MB, which may neither hang nor fill the memory. cpu: the CPU time that reading, checking, selecting and planning a lock of 1,000
# packages takes. formats: MANIFESTS (all) typical manifests locked in every format, which have to come to the same packages. apps: every
# app of the corpus as an image, and builds disturbed at 20 points. Without an argument: all of it.
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
  local package name said seconds
  echo "--> CPU time for a lock of 1,000 packages"
  TIMEFORMAT=%U
  for package in lock layer; do
    go test -c -o "$cache/bin/$package.test" "./internal/$package"
    cd "internal/$package"
    for name in $("$cache/bin/$package.test" -test.list 1000); do
      said=$cache/logs/bench-$name.log
      seconds=$({ time "$cache/bin/$package.test" -test.run '^$' -test.bench "^$name\$" -test.benchtime 20x >"$said" 2>&1; } 2>&1) || { cat "$said" >&2 && return 1; }
      # The function runs once more to begin with; a benchmark of two locks counts for both.
      awk -v name="${name#Benchmark}" -v s="$seconds" 'BEGIN { printf "    %-24s %6.1f ms\n", name, s * 1000 / 21 }'
    done
    cd "$root"
  done
}

formats() {
  echo "--> the same packages in every format"
  scripts/differential.sh -n "${MANIFESTS:-1000}"
}

apps() {
  scripts/builder.sh
  echo "--> every app of the corpus"
  go test -count 1 -timeout 3h ./integration/... -builder "$builder" -every-app -points 20 -run 'TestIntegration/integration/(Start|Crash|Machines)'
}

[[ $# -gt 0 ]] || set -- fuzz large cpu formats apps
for part; do
  case $part in # One by one: bash does not stop at errors in a function that && follows.
    fuzz | large | cpu | formats | apps) "$part" ;;
    *) sed -n '2,5s/^# //p' "$0" >&2 && exit 2 ;;
  esac
done
