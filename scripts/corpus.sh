#!/usr/bin/env bash
# corpus.sh [SET...]: proves that real packages work with a layer each. The build phase runs twice for every set of scripts/corpus,
# with a layer a package and with all packages in one, and each check (name, tab, Python) has to say the same with the layers of
# both. Gigabytes are downloaded, so nothing runs this by default; the set "cuda" is the largest.
source "$(dirname "$0")/lib.sh"
cd "$root"
scripts/builder.sh
mkdir -p "$cache/corpus"
tar -xzf "$cache/supply/uv-$(uname -m)"-*.tar.gz -C "$cache/corpus" --strip-components 1 --wildcards '*/uv'
[[ $# -gt 0 ]] || set -- science web cloud apart tensors

# In the container: the build program as the lifecycle runs it, then every check with the environment that a process gets.
# shellcheck disable=SC2016 # for the shell in the container
script='set -euo pipefail
export CNB_BUILDPACK_DIR=$(dirname "$(dirname /cnb/buildpacks/lockstep_python/*/bin/build)") CNB_LAYERS_DIR=/layers/lockstep_python
export CNB_PLATFORM_DIR=/tmp/platform CNB_BP_PLAN_PATH=/tmp/plan.toml CNB_TARGET_OS=linux CNB_TARGET_ARCH CNB_TARGET_DISTRO_NAME=debian CNB_TARGET_DISTRO_VERSION=12
mkdir -p $CNB_LAYERS_DIR $CNB_PLATFORM_DIR/env && touch $CNB_BP_PLAN_PATH
cp -r /source/. /workspace/ && cd /workspace
$CNB_BUILDPACK_DIR/bin/build >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
export PATH=/layers/lockstep_python/venv/prefix/bin:$PATH
while IFS=$'"'\t'"' read -r name code; do
  said=$(python -W ignore -c "$code" 2>/tmp/said </dev/null) || said="exit status $?: $(tail -n 3 /tmp/said)"
  printf "%s\t%s\n" "$name" "${said//$'"'\n'"'/ }"
done </checks.txt'

failed=0
for set; do
  app=$cache/corpus/$set
  rm -rf "$app" && mkdir -p "$app"
  "$cache/corpus/uv" pip compile --quiet --generate-hashes --only-binary :all: --no-header --no-annotate --python "$cache/supply/python/bin/python3" \
    --output-file "$app/requirements.txt" "scripts/corpus/$set/packages.in"
  for split in true false; do
    docker run --rm --network host --volume "$app:/source:ro" --volume "$root/scripts/corpus/$set/checks.txt:/checks.txt:ro" --env "BP_PACKAGE_LAYERS=$split" --env "CNB_TARGET_ARCH=$arch" \
      --entrypoint bash "$builder" -c "$script" >"$cache/corpus/$set-$split.txt" || { cat "$cache/corpus/$set-$split.txt"; exit 1; }
  done
  while IFS=$'\t' read -r name apart <&3 && IFS=$'\t' read -r _ flat <&4; do
    verdict=same
    [[ $apart == "$flat" && $apart != "exit status"* ]] || { verdict="DIFFERENT: $apart | $flat" && failed=1; }
    printf '%-10s %-20s %s\n' "$set" "$name" "$verdict"
  done 3<"$cache/corpus/$set-true.txt" 4<"$cache/corpus/$set-false.txt"
done
exit $failed
