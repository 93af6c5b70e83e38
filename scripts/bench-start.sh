#!/usr/bin/env bash
# bench-start.sh [FLAG...]: how the image of scripts/bench/start/app starts and serves, against a flat virtual environment and
# against other numbers of workers and threads. Flags go to scripts/bench/start. Docker's containers do the work, on loopback.
source "$(dirname "$0")/lib.sh"
cd "$root"
scripts/builder.sh
image=lockstep/bench-start flat=$cache/bench/flat
step "image" pack build "$image" --path scripts/bench/start/app --builder "$builder" --pull-policy never --trust-builder --network host
rm -rf "$flat" && mkdir -p "$flat"
cp -r scripts/bench/start/app "$flat/app"
cp -r "$cache/supply/python" "$flat/python"
step "flat virtual environment" docker run --rm --network host --user 0 --volume "$flat:$flat" --entrypoint bash lockstep/build:local -euc "
  '$flat/python/bin/python3' -m venv --without-pip '$flat/venv' # this CPython has pip, not ensurepip
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt '$flat/python/bin/python3' -m pip --python '$flat/venv/bin/python' install --quiet --no-cache-dir --require-hashes -r '$flat/app/requirements.txt'
  '$flat/python/bin/python3' -m compileall -q '$flat/python/lib' '$flat/app' >/dev/null || true"
go build -buildvcs=false -trimpath -ldflags "-s -w" -o "$cache/bin/launch" ./launch
go run -buildvcs=false ./scripts/bench/start -image "$image" -flat "$flat" -helper "$cache/bin/launch" "$@"
docker image rm --force "$image" >/dev/null
