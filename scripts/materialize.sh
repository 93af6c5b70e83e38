#!/usr/bin/env bash
# materialize.sh SAMPLE DIRECTORY: copies an app, and puts the package index and the file host into its lock files in
# place of @INDEX@ and @FILES@. Which they are, pip says: the CPython that supply.sh makes has one.
source "$(dirname "$0")/lib.sh"
[[ $# -eq 2 ]] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }

python=$cache/supply/python/bin/python3
[[ -x $python ]] || "$root/scripts/supply.sh" >&2
constants='from pip._internal.models.index import PyPI; print(PyPI.simple_url, PyPI.file_storage_domain)'
read -r index files < <(env -i "$python" -I -c "$constants")

rm -rf "$2"
mkdir -p "$2"
cp -a "$1/." "$2/"
{ grep -rlE '@(INDEX|FILES)@' "$2" --include '*.lock' --include '*.toml' --include '*.txt' || true; } |
  xargs -r sed -i "s#@INDEX@#$index#g; s#@FILES@#$files#g"
