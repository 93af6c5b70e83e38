#!/usr/bin/env bash
# size.sh IMAGE: the bytes of each layer of buildpacks in an image, in kB, by kind. What no start of an app reads stands on the
# right, as "unread" and what it consists of: tests that packages bring, headers and sources of extensions, type stubs.
set -euo pipefail
[[ $# -eq 1 ]] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
container=$(docker create --entrypoint launcher "$1")
trap 'docker rm "$container" >/dev/null' EXIT
docker export "$container" | tar -tvf - --numeric-owner --full-time |
  awk -v OFS='\t' '
    !/^-/ { next }
    { size = $3; sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, ""); path = $0 }
    path !~ /^(layers\/[^\/]+|workspace)\// || path ~ /^layers\/(config|sbom)\// { next }
    { split(path, part, "/"); layer = part[1] == "workspace" ? "(app)" : part[3] }
    path ~ /\/tests?\// { kind = "tests" }
    path !~ /\/tests?\// {
      kind = "other"
      if (path ~ /\.pyc$/) kind = "bytecode"
      else if (path ~ /\.py$/) kind = "source"
      else if (path ~ /\.so(\.[0-9.]+)?$/ || path ~ /\/(bin|exec\.d)\/[^\/]*$/) kind = "native"
      else if (path ~ /\.dist-info\//) kind = "metadata"
      else if (path ~ /\.pyi$|\/py\.typed$/) kind = "stubs"
      else if (path ~ /\.(h|hh|hpp|hxx|c|cc|cpp|cu|cuh|pyx|pxd|pxi|f90|a|lib|cmake)$/) kind = "headers"
    }
    function add(kind) { sum[layer, kind] += size; sum["(all)", kind] += size }
    { layers[layer] = 1; add(kind); add("all"); if (kind ~ /^(tests|headers|stubs)$/) add("unread") }
    END {
      layers["(all)"] = 1
      n = split("all native source bytecode metadata other unread tests headers stubs", kinds, " ")
      line = "layer"; for (i = 1; i <= n; i++) line = line OFS kinds[i]; print line
      for (layer in layers) { line = layer; for (i = 1; i <= n; i++) line = line OFS int(sum[layer, kinds[i]] / 1000); print line | "sort -t \"\t\" -k2,2nr" }
    }' | column -t -s $'\t'
