#!/bin/sh
# Makes GitLab run as $CURRENT declares. `gitlab-ctl reconfigure`, which takes minutes, is done where gitlab.rb or a secret that it
# reads is another than at the last time that it succeeded, and for nothing else.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ../shell/within.sh
. ./configured.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${data:?}" "${reconfigure_seconds:?}"
unit=gitlab-runsvdir.service
timer=gatebox-gitlab-backup.timer
PATH=$PATH:/opt/gitlab/bin

# The last words of reconfigure, without lines that hold a secret.
words_of() { # LOG PLACE
  tail -n 40 "$1" | while IFS= read -r line; do
    for secret in $(secrets_of "$2"); do
      # The secret is read by cat and stands on no command line.
      case $line in *"$(cat "$2/secrets/$secret")"*) line='(a line that holds a secret)' ;; esac
    done
    printf '%s\n' "$line"
  done
}

reconfigure() { # PLACE
  rm -f "$notes/number"
  put "$1" /etc/gitlab /etc/gitlab/gatebox || fail 'cannot write to /etc/gitlab'
  log=$(mktemp)
  if ! timeout -k 30 "$reconfigure_seconds" gitlab-ctl reconfigure >"$log" 2>&1 </dev/null; then
    words_of "$log" "$1" >&2
    rm -f "$log"
    fail 'gitlab-ctl reconfigure failed'
  fi
  rm -f "$log"
  put "$1" "$good" "$good/secrets" || fail "cannot write to $notes"
  number_of "$1" >"$notes/number" || fail "cannot write to $notes"
}

reload_units
(umask 077 && mkdir -p "$notes") && chmod 0700 "$notes"
# Its firewall may have been made in the same minute, and its volume be mounted by a timer.
try_within 60 sh "$CURRENT/scripts/mounted.sh" || exit 1
mkdir -p "$data"

place=$(to_configure "$CURRENT")
if [ -z "$place" ]; then
  echo 'GitLab is configured when its secrets are there'
  exit 0
fi
if [ "$(number_of "$place")" != "$(cat "$notes/number" 2>/dev/null)" ]; then
  reconfigure "$place"
fi
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
systemctl is-active --quiet "$unit" || timeout 60 systemctl start "$unit" || fail "$unit does not start"
systemctl is-enabled --quiet "$timer" || systemctl --quiet enable "$timer"
# A timer that runs goes by the time that it was started with.
if [ -z "$PREVIOUS" ] || ! cmp -s "$CURRENT/systemd/$timer" "$PREVIOUS/systemd/$timer"; then systemctl restart "$timer"; fi
systemctl start "$timer"
