#!/usr/bin/env bash
# Adds uv archives, made of the wheels that uv.txt pins, to build/.cache/supply.
source "$(dirname "$0")/../lib.sh"
supply=$cache/supply
version=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$root/scripts/supply/uv.txt")

# Only what says how to reach the index: other settings of pip (find-links, target, user) would change what is got.
# CPython finds the CAs of a directory by their hashed names, which a bundle that was only copied there lacks.
PIP_CERT=${PIP_CERT:-${SSL_CERT_FILE:-${REQUESTS_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}}}
settings=()
for name in PATH HOME PIP_{CERT,INDEX_URL,EXTRA_INDEX_URL,TRUSTED_HOST,PROXY,CLIENT_CERT,CONFIG_FILE} \
  SSL_CERT_{FILE,DIR} REQUESTS_CA_BUNDLE {HTTP,HTTPS,NO,ALL}_PROXY {http,https,no,all}_proxy; do
  [[ -z ${!name-} ]] || settings+=("$name=${!name}")
done

wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
for target in amd64:x86_64 arm64:aarch64; do
  mkdir "$wheels/${target%:*}"
  env -i "${settings[@]}" "$supply/python/bin/python3" -s -m pip download --require-hashes -r "$root/scripts/supply/uv.txt" \
    --no-deps --only-binary :all: --platform "manylinux2014_${target#*:}" --dest "$wheels/${target%:*}" \
    --no-cache-dir --no-input --disable-pip-version-check --progress-bar off
  "$cache/bin/supply" uv "$version" "${target%:*}" "$wheels/${target%:*}"/uv-*.whl "$supply" >>"$supply/dependencies.toml"
done
