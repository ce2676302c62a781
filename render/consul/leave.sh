# shellcheck shell=sh
# Has this host leave the cluster, for the others to know that it does not come back. Where that takes too long, Consul is stopped.
. ./api.sh

leave_cluster() { # TREE
  systemctl is-active --quiet consul.service || return 0
  [ -f "$1/secrets/agent-token" ] || return 0
  [ "$(consul_api "$1/secrets/agent-token" PUT agent/leave)" = 200 ] || return 0
  left_by=$(($(date +%s) + 20))
  while systemctl is-active --quiet consul.service && [ "$(date +%s)" -lt "$left_by" ]; do sleep 0.5; done
}
