# shellcheck shell=bash disable=SC2086 # CACHE is options
# container.sh FUNCTION: runs in a container of the builder, as its user. What is measured is timed by bash, children included:
# a line "NAME WALL USER SYSTEM" each. The rest of the output is "WORD NUMBER" lines.
set -euo pipefail
export PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
export CNB_PLATFORM_API=0.13 UV_CACHE_DIR=/tmp/uv-cache UV_NO_PROGRESS=1 UV_SYSTEM_CERTS=1

timed() { # NAME COMMAND...
  local name=$1 TIMEFORMAT="$1 %R %U %S"
  shift
  { time "$@" >"/tmp/$name.log" 2>&1; } 2>>/tmp/times || { cat "/tmp/$name.log" >&2; exit 1; }
}

# lifecycle: the five phases. CACHE holds the arguments that name a cache.
lifecycle() {
  cp -r /source/. /workspace/
  cp -r /lock/. /workspace/
  eval "${CHANGE-}"
  timed analyzer /cnb/lifecycle/analyzer -layers=/layers -run-image="$RUN" -previous-image="$PREVIOUS" "$IMAGE"
  timed detector /cnb/lifecycle/detector -app=/workspace -layers=/layers
  timed restorer /cnb/lifecycle/restorer -layers=/layers ${CACHE-}
  mkdir -p /tmp/platform/env
  if [[ -n ${PACKAGE_LAYERS-} ]]; then echo -n "$PACKAGE_LAYERS" >/tmp/platform/env/BP_PACKAGE_LAYERS; fi
  timed builder /cnb/lifecycle/builder -app=/workspace -layers=/layers -platform=/tmp/platform
  timed exporter /cnb/lifecycle/exporter -app=/workspace -layers=/layers ${CACHE-} "$IMAGE"
  cat /tmp/times
  { grep -oE '^  Made [a-z0-9-]+:' /tmp/builder.log || true; } | tr -d :
  echo "app $(compressed /workspace .)"
}

# compressed DIRECTORY NAME...: bytes as the lifecycle compresses layers.
compressed() { tar -C "$1" -cf - "${@:2}" | gzip -1 | wc -c; }

install_pip() {
  /python/bin/python3 -m venv --without-pip /tmp/venv # this CPython has pip, not ensurepip
  /python/bin/python3 -m pip --python /tmp/venv/bin/python install --quiet --disable-pip-version-check --no-cache-dir --no-deps --require-hashes \
    -r /lock/requirements.txt
}

install_uv() {
  /python/bin/python3 -m venv --without-pip "$1"
  /uv pip sync --quiet --python "$1/bin/python" --require-hashes --compile-bytecode /lock/requirements.txt
}

pip() {
  timed builder install_pip
  cat /tmp/times
  # The baseline's Python as its own image would have it: without bytecode.
  mkdir /tmp/image && cp -r /python /tmp/image/python && find /tmp/image/python -name __pycache__ -prune -exec rm -rf {} +
  mv /tmp/venv /tmp/image/venv
  echo "size $(compressed /tmp/image python venv)"
}

uv() {
  timed builder install_uv /tmp/venv
  cat /tmp/times
}

# one: what a single package comes to, compressed, with its bytecode.
one() {
  /python/bin/python3 -m venv --without-pip /tmp/venv
  /uv pip install --quiet --python /tmp/venv/bin/python --no-deps --compile-bytecode "$PACKAGE"
  echo "size $(compressed /tmp/venv/lib .)"
}

floor() {
  timed unpack /floor /wheels /tmp/floor
  timed compile /python/bin/python3 -I -S /compile.py /tmp/floor
  cat /tmp/times
}

"$@"
