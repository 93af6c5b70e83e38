#!/usr/bin/env bash
# Makes the builder image $builder (lockstep/builder:local): setup, the archives that it installs, the offline buildpack.
source "$(dirname "$0")/lib.sh"
alone
cd "$root"
scripts/setup.sh
scripts/supply.sh
scripts/package.sh --offline --dependencies "$cache/supply/dependencies.toml" --output "$cache/package/offline.cnb" >/dev/null

image=$builder package=$cache/package/offline-linux-$arch.cnb stamp=$cache/builder.key
made_from="$(key "$package" "$cache/tools/lifecycle.tgz" scripts/builder.sh "$arch") \
$(image_id lockstep/build:local) $(image_id lockstep/run:local)"
if [[ -n $(image_id "$image") ]] && fresh "$stamp" "$made_from $(image_id "$image")"; then exit 0; fi

cat >"$cache/builder.toml" <<EOT
description = "Debian 12 and the Lockstep Python buildpack of this checkout"

[[buildpacks]]
uri = "$package"

[[order]]
[[order.group]]
id = "lockstep/python"

[build]
image = "lockstep/build:local"

[run]
[[run.images]]
image = "lockstep/run:local"

[lifecycle]
uri = "$cache/tools/lifecycle.tgz"

[[targets]]
os = "linux"
arch = "$arch"
EOT
old=$(image_id "$image")
step "builder $image" pack builder create "$image" --config "$cache/builder.toml" --pull-policy never
if [[ -n $old && $old != "$(image_id "$image")" ]]; then docker image rm "$old" >/dev/null 2>&1 || true; fi
echo "$made_from $(image_id "$image")" >"$stamp"
