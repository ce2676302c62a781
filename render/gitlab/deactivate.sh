#!/bin/sh
# Stops GitLab, because its assembly is being removed, or was never in force; no later boot starts it. Data stays, and so does
# gitlab-secrets.json, which GitLab has made, and without which the data cannot be read again.
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${data:?}"
for unit in gatebox-gitlab-backup.timer gatebox-gitlab-backup.service gitlab-runsvdir.service; do
  systemctl cat "$unit" >/dev/null 2>&1 || continue
  case $unit in *-backup.service) ;; *) systemctl --quiet disable "$unit" || true ;; esac
  timeout 100 systemctl stop "$unit" || true
done
if grep -qs '^# .* Made by Gatebox: ' /etc/gitlab/gitlab.rb; then rm -f /etc/gitlab/gitlab.rb; fi
rm -rf /etc/gitlab/gatebox /var/opt/gitlab/gatebox
for place in "$data" /var/opt/gitlab; do
  if [ -n "$(ls -A "$place" 2>/dev/null)" ]; then echo "GitLab's data stays in $place"; fi
done
if [ -f /etc/gitlab/gitlab-secrets.json ]; then echo 'the keys that it is encrypted with stay in /etc/gitlab/gitlab-secrets.json'; fi
