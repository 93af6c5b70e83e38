#!/usr/bin/env bash
# package.sh [--offline] [--dependencies FILE] [--output FILE]: packages the buildpack for amd64 and arm64, as
# FILE-linux-amd64.cnb and FILE-linux-arm64.cnb (without .cnb of FILE's own).
#   --offline            put the dependencies' archives into the buildpack
#   --dependencies FILE  TOML with [[dependencies]] to use in place of buildpack.toml's [[metadata.dependencies]]
source "$(dirname "$0")/lib.sh"

offline=false dependencies='' output=$cache/package/lockstep-python.cnb
usage() { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  case $1,${2-} in
    --offline,*) offline=true ;;
    --dependencies,?*) dependencies=$(realpath -e "$2") ;;
    --output,?*) output=$(realpath -m "$2") ;;
    *) usage ;;
  esac
  if [[ $1 != --offline ]]; then shift; fi
  shift
done
alone
cd "$root"
[[ -x $cache/tools/pack ]] || step "pack from its Go module (first time: minutes)" scripts/setup/tools.sh

step "programs for amd64 and arm64" scripts/package/programs.sh
made_from=$(key "$cache"/programs/linux/*/* buildpack.toml package.toml "$dependencies" "$offline" scripts/bundle/!(*_test.go))
stem=${output%.cnb} stamp=$cache/package/$(key "$output").key
if ! fresh "$stamp" "$made_from" || ! ls "$stem"-linux-{amd64,arm64}.cnb >/dev/null 2>&1; then
  mkdir -p "$cache/package" "$(dirname "$output")"
  rm -rf "$cache/buildpack" "$stamp"
  step "layout of the buildpack" go run -buildvcs=false ./scripts/bundle -offline="$offline" -dependencies "$dependencies" \
    -programs "$cache/programs" -output "$cache/buildpack"
  step "packages" pack buildpack package "$stem.cnb" --config package.toml --format file \
    --target linux/amd64 --target linux/arm64
  echo "$made_from" >"$stamp"
fi
ls "$stem"-linux-{amd64,arm64}.cnb
