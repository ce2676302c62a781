# shellcheck shell=sh
# Stops HAProxy; no later boot starts it.
stop_haproxy() {
  if systemctl cat haproxy.service >/dev/null 2>&1; then
    systemctl --quiet disable haproxy.service
    timeout 30 systemctl stop haproxy.service
  fi
}
