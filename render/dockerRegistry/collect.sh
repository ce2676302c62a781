#!/bin/sh
# Removes what no image uses any more. Meanwhile all hosts of the registry take no pushes, which could lose layers; where there
# are several, they tell each other so by files in the storage that they share.
set -eu
tree=/etc/gatebox/registry
# shellcheck source=/dev/null
. "$tree/lifecycle/settings"
: "${storage:?}" "${untagged=}" "${host:?}" "${collector=}" "${hosts:?}"
override=/run/gatebox-registry-gc.environment
meeting=$storage/.gatebox-gc
# The one who removes is there; a folder, so that it does not count among the hosts.
present=$meeting/.collector

log=''

finish() {
  [ -z "$log" ] || rm -f "$log"
  rm -f "$override" "$meeting/$host"
  [ -z "$collector" ] || rm -rf "$meeting"
  systemctl try-restart docker-registry.service
}

systemctl is-active --quiet docker-registry.service || exit 0
[ -d "$storage/docker/registry/v2/repositories" ] || exit 0
trap finish EXIT
trap 'exit 1' TERM INT
echo "REGISTRY_CONFIGURATION_PATH=$tree/registry/read-only.yml" >"$override"
systemctl restart docker-registry.service
mkdir -p "$meeting"
: >"$meeting/$host"

# All others wait until the one has come to an end, whichever it is; not for one that is down, for they take no pushes meanwhile.
if [ -z "$collector" ]; then
  waited=0
  until [ -n "$(find "$present" -maxdepth 0 -mmin -10 2>/dev/null)" ]; do
    waited=$((waited + 5))
    if [ "$waited" -gt 360 ]; then
      echo 'the host of the registry that removes what is unused does not come, so nothing is removed' >&2
      exit 1
    fi
    sleep 5
  done
  waited=0
  while [ -d "$meeting" ] && [ "$waited" -lt 18000 ]; do
    sleep 5
    waited=$((waited + 5))
  done
  exit 0
fi
mkdir -p "$present"
touch "$present"
waited=0
until [ "$(find "$meeting" -type f -mmin -10 | wc -l)" -ge "$hosts" ]; do
  waited=$((waited + 1))
  if [ "$waited" -gt 300 ]; then
    echo "not all $hosts hosts of the registry stand still, so nothing is removed: $(ls "$meeting")" >&2
    exit 1
  fi
  sleep 1
done
set -- "$tree/registry/read-only.yml"
[ -z "$untagged" ] || set -- --delete-untagged "$@"
log=$(mktemp)
if ! runuser -u docker-registry -- docker-registry garbage-collect "$@" >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  exit 1
fi
tail -n 1 "$log"
