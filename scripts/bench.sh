#!/usr/bin/env bash
# bench.sh [FLAG...]: measures builds of the apps of scripts/bench against baselines and prints a table. -apps small is for a quick
# look, -rows 'light bump' for some rows; scripts/bench/main.go lists the flags.
source "$(dirname "$0")/lib.sh"
cd "$root"
scripts/builder.sh
tools=$cache/bench/tools blobs=$cache/bench/registry
rm -rf "$blobs" && mkdir -p "$blobs" "$tools/dependencies"
if ! fresh "$tools/key" "$(image_id "$builder")"; then
  rm -rf "$tools/python" && cp -a "$cache/supply/python" "$tools/python"
  # The baselines' Python has its bytecode, as on a machine that has used it.
  step "bytecode of the baselines' Python" bash -c "'$tools/python/bin/python3' -m compileall -q '$tools/python/lib' || true"
  tar -xzf "$cache/supply/uv-$(uname -m)"-*.tar.gz -C "$tools" --strip-components 1 --wildcards '*/uv'
  for file in "$cache/supply"/*.tar.gz; do cp "$file" "$tools/dependencies/$(sha256sum <"$file" | cut -d' ' -f1)"; done
  image_id "$builder" >"$tools/key"
fi
go build -buildvcs=false -o "$tools/floor" ./scripts/bench/floor
go build -buildvcs=false -o "$cache/bin/bench" ./scripts/bench
port=$((20000 + RANDOM % 20000))
crane registry serve --address "127.0.0.1:$port" --disk "$blobs" >"$cache/logs/bench-registry.log" 2>&1 &
registry=$!
trap 'kill $registry; rm -rf "$blobs"' EXIT
until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do kill -0 $registry && sleep 0.1; done
docker tag lockstep/run:local "127.0.0.1:$port/lockstep/run:local"
step "run image" docker push --quiet "127.0.0.1:$port/lockstep/run:local"
docker rmi --force "127.0.0.1:$port/lockstep/run:local" >/dev/null
"$cache/bin/bench" -builder "$builder" -registry "127.0.0.1:$port" -blobs "$blobs" -tools "$(realpath "$tools")" "$@"
