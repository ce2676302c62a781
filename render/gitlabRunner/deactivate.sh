#!/bin/sh
# Stops the runner, because its assembly is being removed, or was never in force; no later boot starts it. In GitLab it stays, as
# offline.
unit=gitlab-runner.service
if systemctl cat "$unit" >/dev/null 2>&1; then
  systemctl --quiet disable "$unit" || true
  # Jobs that run have a minute to end.
  timeout 50 systemctl stop "$unit" || true
fi
if grep -qs '^# .* Made by Gatebox: ' /etc/gitlab-runner/config.toml; then rm -f /etc/gitlab-runner/config.toml; fi
