#!/bin/sh
# Does the runner run, and does GitLab know it by its token?
. ../shell/fail.sh
. ../shell/within.sh

[ -f "$CURRENT/secrets/runner-token" ] || exit 0

known() {
  wrong='gitlab-runner.service is not running'
  systemctl is-active --quiet gitlab-runner.service || return 1
  words=$(timeout 20 gitlab-runner verify --config /etc/gitlab-runner/config.toml 2>&1 </dev/null) && return 0
  wrong="GitLab does not know this runner: $(printf '%s\n' "$words" | grep -vF -f "$CURRENT/secrets/runner-token" | tail -n 3)"
  return 1
}
try_within 30 known || fail "$wrong"
