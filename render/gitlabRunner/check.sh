#!/bin/sh
# Can the runner of the staged tree $TREE run here? Changes nothing.
. ../shell/fail.sh

for program in gitlab-runner docker; do
  command -v "$program" >/dev/null || fail "$program is not installed"
done
theirs=/etc/gitlab-runner/config.toml
if [ -s "$theirs" ] && ! grep -q '^# .* Made by Gatebox: ' "$theirs" && grep -q '^[[:blank:]]*\[\[runners\]\]' "$theirs"; then
  fail "$theirs has runners of somebody's own: move it away"
fi
