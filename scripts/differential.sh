#!/usr/bin/env bash
# differential.sh [-n COUNT] [-tools uv,poetry,pdm,pipenv]: locks scripts/differential/manifests.txt with uv, Poetry, PDM and Pipenv, and
# compares what is selected from each lock. The tools are those that tools.txt pins, for the CPython that supply.sh makes.
source "$(dirname "$0")/lib.sh"
cd "$root"
scripts/supply.sh
python=$cache/supply/python/bin/python3 tools=$cache/differential made_from=$(key scripts/differential/tools.txt "$cache/supply/.key")
if ! fresh "$tools/.key" "$made_from"; then
  rm -rf "$tools"
  mkdir -p "$tools/bin"
  tar -xzf "$cache/supply/uv-$(uname -m)"-*.tar.gz -C "$tools/bin" --strip-components 1 --wildcards '*/uv'
  while read -r requirement; do
    tool=${requirement%%[\[=]*}
    # shellcheck disable=SC2016 # for the other bash
    step "$requirement" bash -c '"$1/bin/uv" venv --quiet --python "$2" "$1/$3" && "$1/bin/uv" pip install --python "$1/$3" "$4" && ln -s "../$3/bin/$3" "$1/bin/$3"' \
      - "$tools" "$python" "$tool" "$requirement"
  done <scripts/differential/tools.txt
  echo "$made_from" >"$tools/.key"
fi
# Poetry asks its default index for more than an index has to answer; of one that the manifest names it does not.
index=$(env -i "$python" -I -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)')
go build -buildvcs=false -o "$cache/bin/differential" ./scripts/differential
# Caches stay here, so that a second run downloads little.
export PATH=$tools/bin:$PATH UV_CACHE_DIR=$tools/cache/uv POETRY_CACHE_DIR=$tools/cache/poetry PDM_CACHE_DIR=$tools/cache/pdm PIPENV_CACHE_DIR=$tools/cache/pipenv
exec "$cache/bin/differential" -python "$python" -index "${LOCK_INDEX:-$index}" "$@"
