#!/usr/bin/env bash
# Makes lockstep/run-distroless:local, a run image without shell, programs, certificate authorities or home directory: the C
# library and little more, from Debian 12's packages.
source "$(dirname "$0")/../lib.sh"

image=lockstep/run-distroless:local rootfs=$cache/distroless.tar
made_from=$(key "$root/scripts/setup/distroless.sh" "$arch")
if [[ -n $(image_id $image) ]] && fresh "$cache/distroless.key" "$made_from $(image_id $image)"; then exit 0; fi

if ! [[ -f $rootfs ]] || ! fresh "$rootfs.key" "$made_from"; then
  rm -f "$rootfs.key"
  # The variant "extract" unpacks packages and installs nothing, not even dpkg.
  # shellcheck disable=SC2016 # mmdebstrap sets $1 in its hooks
  mmdebstrap --variant=extract --include=base-files,netbase,tzdata,libc6,libgcc-s1,libstdc++6 --aptopt='Acquire::Retries "3"' \
    --customize-hook='printf "root:x:0:0:root:/root:/sbin/nologin\ncnb-run:x:1002:1000::/nonexistent:/sbin/nologin\n" >"$1/etc/passwd"' \
    --customize-hook='printf "root:x:0:\ncnb:x:1000:\n" >"$1/etc/group"' \
    --customize-hook='cd "$1" && rm -rf bin/* sbin/* usr/bin/* usr/sbin/* usr/share/doc usr/share/man usr/share/lintian usr/lib/*/gconv
      etc/apt var/lib/* var/cache/*' \
    bookworm "$rootfs"
  echo "$made_from" >"$rootfs.key"
fi
docker import -c 'LABEL io.buildpacks.base.distro.name=debian io.buildpacks.base.distro.version=12' \
  -c 'LABEL io.buildpacks.base.id=lockstep.distroless io.buildpacks.rebasable=true' \
  -c 'ENV PATH=/usr/local/bin:/usr/bin:/bin' -c 'USER 1002:1000' "$rootfs" $image
echo "$made_from $(image_id $image)" >"$cache/distroless.key"
