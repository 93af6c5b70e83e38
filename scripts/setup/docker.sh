#!/usr/bin/env bash
# Starts Docker's engine when none answers, and leaves it running.
source "$(dirname "$0")/../lib.sh"

answers() { docker info >/dev/null 2>&1; }
# A killed engine that nobody waits for stays in the process list, but without an executable.
running() { grep -q '/dockerd' <<<"$(readlink /proc/[0-9]*/exe)"; }

if answers; then exit 0; fi
# A second dockerd would take the first one's network away, so one that is still starting is waited for.
if [[ -d /run/systemd/system ]]; then
  systemctl start docker
elif ! running; then
  # Left behind by an engine that was killed, a pid file stops the next one when another program has its number now.
  for name in dockerd:/run/docker.pid containerd:/run/docker/containerd/containerd.pid; do
    file=${name#*:}
    if [[ -f $file && $(readlink "/proc/$(<"$file")/exe") != */${name%:*} ]]; then rm -f "$file"; fi
  done
  setsid nohup dockerd >/var/log/dockerd.log 2>&1 </dev/null 9>&- &
fi
for ((i = 0; i < 600; i++)); do
  if answers; then exit 0; fi
  sleep 0.1
done
echo "Docker's engine does not answer after a minute. The end of its log:" >&2
tail -n 30 /var/log/dockerd.log >&2
exit 1
