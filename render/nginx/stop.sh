# shellcheck shell=sh
# Stops nginx; no later boot starts it.
stop_nginx() {
  if systemctl cat nginx.service >/dev/null 2>&1; then
    systemctl --quiet disable nginx.service
    timeout 30 systemctl stop nginx.service
  fi
}
