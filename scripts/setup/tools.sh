#!/usr/bin/env bash
# Builds pack, crane and the lifecycle's archive out of the Go modules that scripts/tools pins.
source "$(dirname "$0")/../lib.sh"

cd "$root/scripts/tools"
made_from=$(key go.mod go.sum "$root/scripts/setup/tools.sh" "$(go version)")
if fresh "$cache/tools/.key" "$made_from"; then exit 0; fi

version() { go list -m -f '{{.Version}}' "$1" | tr -d v; }
build() { go build -trimpath -ldflags "-s -w $2" -o "$1" "${@:3}"; }

new=$cache/tools.new
rm -rf "$new"
mkdir -p "$new/archive/lifecycle"
lifecycle=github.com/buildpacks/lifecycle lifecycle_version=$(version github.com/buildpacks/lifecycle)
build "$new/" "-X github.com/buildpacks/pack/pkg/client.Version=$(version github.com/buildpacks/pack)" \
  github.com/buildpacks/pack github.com/google/go-containerregistry/cmd/crane
build "$new/archive/lifecycle/" "-X $lifecycle/cmd.Version=$lifecycle_version -X $lifecycle/cmd.SCMRepository=$lifecycle \
  -X $lifecycle/cmd.SCMCommit=v$lifecycle_version" $lifecycle/cmd/lifecycle $lifecycle/cmd/launcher
for phase in analyzer builder creator detector exporter extender rebaser restorer; do
  ln -s lifecycle "$new/archive/lifecycle/$phase"
done
sed "s/@VERSION@/$lifecycle_version/" "$root/scripts/setup/lifecycle.toml" >"$new/archive/lifecycle.toml"
tar -C "$new/archive" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c lifecycle.toml lifecycle |
  gzip -1 -n >"$new/lifecycle.tgz"

rm -rf "$new/archive" "$cache/tools"
echo "$made_from" >"$new/.key"
mv "$new" "$cache/tools"
