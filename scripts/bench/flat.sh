#!/usr/bin/env bash
# The baseline as a buildpack, so that the same lifecycle exports it: one layer with a virtual environment, as a Dockerfile has it.
set -euo pipefail
[[ $(basename "$0") == build ]] || exit 0
layer=$CNB_LAYERS_DIR/venv
mkdir -p "$layer"
/python/bin/python3 -m venv --without-pip "$layer/venv"
export UV_CACHE_DIR=/tmp/uv-cache UV_SYSTEM_CERTS=1
/uv pip sync --quiet --python "$layer/venv/bin/python" --require-hashes --compile-bytecode requirements.txt
printf '[types]\nlaunch = true\n' >"$layer.toml"
