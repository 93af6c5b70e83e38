#!/usr/bin/env bash
# Makes lockstep/build:local and lockstep/run:local: one Debian 12 root file system, two sets of image settings.
source "$(dirname "$0")/../lib.sh"

# The machine's own CA bundle goes into the images, since the network may stand behind a CA of its own.
bundle=/etc/ssl/certs/ca-certificates.crt rootfs=$cache/rootfs.tar
made_from=$(key "$root/scripts/setup/images.sh" "$bundle" "$arch")
ids() { image_id lockstep/build:local && image_id lockstep/run:local; }
if [[ $(ids | wc -l) -eq 2 ]] && fresh "$cache/images.key" "$made_from $(ids)"; then exit 0; fi

# The users are made here, not in image layers of their own, so that both images are one layer.
if ! [[ -f $rootfs ]] || ! fresh "$rootfs.key" "$made_from"; then
  rm -f "$rootfs.key"
  # shellcheck disable=SC2016 # mmdebstrap sets $1 in its hooks
  mmdebstrap --variant=minbase --include=ca-certificates --dpkgopt=force-unsafe-io --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='chroot "$1" groupadd -g 1000 cnb' \
    --customize-hook='chroot "$1" useradd -u 1001 -g 1000 -m -s /bin/bash cnb' \
    --customize-hook='chroot "$1" useradd -u 1002 -g 1000 -m -s /bin/bash cnb-run' \
    --customize-hook="cp $bundle \"\$1$bundle\"" \
    bookworm "$rootfs"
  echo "$made_from" >"$rootfs.key"
fi

import() { # IMAGE SETTING...
  local settings=(-c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    -c 'LABEL io.buildpacks.base.distro.name=debian io.buildpacks.base.distro.version=12') setting
  for setting in "${@:2}"; do settings+=(-c "$setting"); done
  docker import "${settings[@]}" "$rootfs" "$1"
}
import lockstep/build:local 'ENV CNB_USER_ID=1001 CNB_GROUP_ID=1000' 'USER 1001:1000'
import lockstep/run:local 'LABEL io.buildpacks.base.id=lockstep.bookworm io.buildpacks.rebasable=true' 'USER 1002:1000'
echo "$made_from $(ids)" >"$cache/images.key"
