#!/usr/bin/env bash
# nightly.sh: what takes too long for every change. Each fuzz target for FUZZTIME (1m); the CPU time that reading, checking,
# selecting and planning a lock of 1,000 packages takes; and MANIFESTS (all) manifests locked in every format whose tool is on the
# PATH (uv, poetry, pdm, pipenv, with the interpreter LOCK_PYTHON), which have to come to the same packages. At last every app of
# the corpus as an image, and builds disturbed at 20 points.
source "$(dirname "$0")/lib.sh"
cd "$root"

for package in $(go list ./internal/...); do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    step "$target for ${FUZZTIME:=1m}" go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 1x -parallel 2
  done
done

echo "--> CPU time for a lock of 1,000 packages"
TIMEFORMAT=%U
for package in lock layer; do
  go test -c -o "$cache/bin/$package.test" "./internal/$package"
  for name in $(cd "internal/$package" && "$cache/bin/$package.test" -test.list 1000); do
    seconds=$({ time (cd "internal/$package" && "$cache/bin/$package.test" -test.run '^$' -test.bench "^$name\$" -test.benchtime 20x >/dev/null); } 2>&1)
    # The function runs once more to begin with; a benchmark of two locks counts for both.
    awk -v name="${name#Benchmark}" -v s="$seconds" 'BEGIN { printf "    %-24s %6.1f ms\n", name, s * 1000 / 21 }'
  done
done

echo "--> the same packages in every format"
go run -buildvcs=false ./scripts/differential -n "${MANIFESTS:-1000}" -python "${LOCK_PYTHON:-$(command -v python3)}"

scripts/builder.sh
go test -count 1 -timeout 3h ./integration/... -builder "$builder" -every-app -points 20 -run 'TestIntegration/integration/(Start|Crash|Machines)'
