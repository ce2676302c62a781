# shellcheck shell=sh
# Whether conntrackd answers where $CURRENT wants it. Leaves in $wrong what is not (yet) as it should be. Needs `synced`.
conntrackd_serves() {
  synced "$CURRENT" || return 0
  wrong='conntrackd is not running'
  systemctl is-active --quiet conntrackd.service || return 1
  # shellcheck disable=SC2034 # it is for who asks
  wrong='conntrackd does not answer'
  timeout 3 conntrackd -C /etc/gatebox/nat/conntrackd/conntrackd.conf -s >/dev/null 2>&1
}
