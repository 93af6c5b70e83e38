#!/usr/bin/env bash
# bench.sh [APP_DIR...]: cold build, rebuild without a change and with a changed source, each with wall, CPU and bytes pushed
# to a registry on loopback, against pip in the same run. Apps need main.py and a hashed requirements.txt; by default
# scripts/bench/small and scripts/bench/medium.
source "$(dirname "$0")/lib.sh"
cd "$root"
scripts/builder.sh
[[ $# -gt 0 ]] || set -- scripts/bench/small scripts/bench/medium
blobs=$cache/bench/registry
rm -rf "$blobs" && mkdir -p "$blobs"
port=$((20000 + RANDOM % 20000))
crane registry serve --address "127.0.0.1:$port" --disk "$blobs" >"$cache/logs/bench-registry.log" 2>&1 &
registry=$!
trap 'kill $registry' EXIT
docker tag lockstep/run:local "127.0.0.1:$port/lockstep/run:local"
step "run image" docker push --quiet "127.0.0.1:$port/lockstep/run:local"
docker rmi --force "127.0.0.1:$port/lockstep/run:local" >/dev/null
for app; do
  go run -buildvcs=false ./scripts/bench -builder "$builder" -registry "127.0.0.1:$port" -run "127.0.0.1:$port/lockstep/run:local" -blobs "$blobs" \
    -python "$cache/supply/python" -app "$(realpath "$app")" -name "$(basename "$app")"
done
