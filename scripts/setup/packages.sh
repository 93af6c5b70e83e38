#!/usr/bin/env bash
# Installs the Debian packages that are missing: Docker unless an engine answers, what makes base images, and a clock for tests.
source "$(dirname "$0")/../lib.sh"

need=()
docker info >/dev/null 2>&1 || command -v dockerd >/dev/null || need+=(docker.io)
command -v mmdebstrap >/dev/null || need+=(mmdebstrap)
command -v ip >/dev/null || need+=(iproute2)
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || need+=(libfaketime)
[[ -f /etc/ssl/certs/ca-certificates.crt ]] || need+=(ca-certificates)
[[ ${#need[@]} -gt 0 ]] || exit 0

if [[ $EUID -ne 0 ]]; then
  echo "These Debian packages are missing: ${need[*]}. Install them, or run this script as root." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o Acquire::Retries=3 update
apt-get -o Acquire::Retries=3 install -y --no-install-recommends "${need[@]}"
