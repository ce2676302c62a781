# shellcheck shell=sh
# Commands for the conntrackd of a NAT gateway, and whether connections are routed through this host: it has one of the virtual
# IPs that are their gateway, whose addresses the settings name.
# shellcheck source=/dev/null
. /etc/gatebox/nat/lifecycle/settings
: "${holder_addresses:?}"

failed=''
conntrackd() {
  timeout 5 /usr/sbin/conntrackd -C /etc/gatebox/nat/conntrackd/conntrackd.conf "$1" >/dev/null || failed="$failed $1"
}

routes_connections() {
  own=$(ip -o -4 address show)
  for one in $holder_addresses; do
    case $own in *" $one/"*) return 0 ;; esac
  done
  return 1
}

report_failed() {
  [ -n "$failed" ] || return 0
  echo "conntrackd failed:$failed" >&2
  exit 1
}
