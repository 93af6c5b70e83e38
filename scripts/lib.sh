# shellcheck shell=bash
# What the scripts share: where things lie, what is fresh, how progress is shown.
set -euo pipefail
shopt -s extglob

command -v go >/dev/null || { echo "Go is missing: install it and put it on the PATH" >&2; exit 1; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$root/build/.cache
# Two checkouts on one machine need names of their own.
# shellcheck disable=SC2034
builder=${LOCKSTEP_BUILDER:-lockstep/builder:local}
# shellcheck disable=SC2034 # for the scripts
arch=$(go env GOHOSTARCH)
umask 022 # modes go into the digests of layers
mkdir -p "$cache/logs"
# A root shell made by su has no sbin on its PATH; dockerd and groupadd live there.
export PATH=$cache/tools:$PATH:/usr/sbin:/sbin
# pack names its cache volumes after this key; without one they change from run to run inside a container.
export PACK_HOME=$cache/pack-home PACK_VOLUME_KEY=lockstep
export CGO_ENABLED=0

# key FILE|TEXT...: one hash of files, by content, and of texts.
key() {
  local part
  for part; do if [[ -f $part ]]; then sha256sum <"$part"; else echo "$part"; fi; done | sha256sum | cut -c1-16
}

# fresh KEYFILE KEY: was this made from KEY? The file is written last, so that half-made things are never fresh.
fresh() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# image_id IMAGE: its id, or nothing when the engine does not have it (any more).
image_id() { docker image inspect -f '{{.Id}}' "$1" 2>/dev/null || true; }

# since START: the seconds from START, a value of EPOCHREALTIME, until now.
since() {
  local tenths=$(((${EPOCHREALTIME//[.,]/} - ${1//[.,]/}) / 100000))
  echo "$((tenths / 10)).$((tenths % 10)) s"
}

# step LABEL COMMAND...: runs a program, says how long it took, and shows its output only when it fails.
# COMMAND is not a function: bash does not stop at errors in functions that are called in a condition.
step() {
  local label=$1 start=$EPOCHREALTIME log
  shift
  log=$cache/logs/$(tr -cs 'a-zA-Z0-9\n' - <<<"$label").log
  printf -- '--> %s ... ' "$label" >&2
  if "$@" >"$log" 2>&1 </dev/null; then since "$start" >&2; else
    { echo "failed after $(since "$start"):" && cat "$log"; } >&2
    return 1
  fi
}

# alone: waits for other scripts that write to the cache. Scripts called by this one do not wait for it.
alone() {
  [[ -z ${LOCKSTEP_ALONE-} ]] || return 0
  exec 9>"$cache/lock"
  flock -n 9 || { echo "waiting for another script to end" >&2 && flock 9; }
  export LOCKSTEP_ALONE=1
}
