#!/usr/bin/env bash
# try.sh [--keep] [APP_DIR]: builds an app (by default samples/fastapi) into an image, runs it and shows its response.
# The container is removed at the end, unless --keep. Exported BP_ variables reach the build.
source "$(dirname "$0")/lib.sh"
keep=false
if [[ ${1-} == --keep ]]; then keep=true && shift; fi
app=$(realpath "${1:-$root/samples/fastapi}")
[[ -d $app ]] || { echo "$app is not a directory" >&2; exit 2; }
image=lockstep/try-$(basename "$app" | tr '[:upper:]' '[:lower:]' | tr -cs '[:alnum:]\n' - | sed 's/^-*//; s/-*$//')

cd "$root"
scripts/builder.sh
source_dir=$app
if grep -rqE '@(INDEX|FILES)@' "$app" --include '*.lock' --include '*.toml' --include '*.txt'; then
  source_dir=$cache/samples/$(basename "$app")
  scripts/materialize.sh "$app" "$source_dir"
fi
settings=()
for name in $(compgen -e BP_ || true); do settings+=(--env "$name"); done
echo "--> pack build of $app"
pack build "$image" --path "$source_dir" --builder "$builder" --pull-policy never --trust-builder \
  --network host ${settings[@]+"${settings[@]}"}

container=$(docker run --detach --env PORT=8080 --publish 127.0.0.1::8080 "$image")
$keep || trap 'docker rm --force "$container" >/dev/null' EXIT
go build -buildvcs=false -o "$cache/bin/show" ./scripts/show
running() { [[ $(docker inspect -f '{{.State.Running}}' "$container") == true ]]; }
# Exit status 1 of show says that nothing answered for a second: the app may still be starting, if it runs at all.
status=1
for ((i = 0; i < 60 && status == 1; i++)); do
  if ! running || ! address=$(docker port "$container" 8080/tcp 2>/dev/null | head -n 1); then break; fi
  if ((i == 0)); then echo "--> GET http://$address/"; fi
  status=0
  "$cache/bin/show" "http://$address/" || status=$?
done
if ((status != 0)); then
  echo "The app does not answer as it should. Its log:" >&2
  docker logs "$container" >&2
  exit 1
fi

echo
echo "Run it again:   docker run --rm --publish 127.0.0.1:8080:8080 --env PORT=8080 --name try $image"
echo "and open        http://127.0.0.1:8080/"
if $keep; then echo "Stop this one:  docker rm --force $container"; else echo "Stop it:        docker rm --force try"; fi
