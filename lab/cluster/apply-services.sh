#!/bin/sh
# Makes the services of a host what they should be. Standard input is an archive with a directory per service and a plan, one
# line "UNIT KEY" each. A service's key is stamped on the host when it has started with its files, so that a run that is cut
# off anywhere before repeats it as a whole. Prints the units that had to be started or restarted.
set -eu
umask 022
stamps=/var/lib/lab-services
mkdir -p "$stamps"
archive=$(mktemp "$stamps/.archive.XXXXXX")
trap 'rm -f "$archive"' EXIT
cat >"$archive"
tar -xOf "$archive" plan | while read -r unit key; do
  if [ "$(cat "$stamps/$unit" 2>/dev/null)" = "$key" ]; then
    systemctl is-active --quiet "$unit" && continue
    action=start
  else
    rm -f "$stamps/$unit"
    tar -xpf "$archive" -C / --strip-components=1 "$unit"
    systemctl daemon-reload
    systemctl enable --quiet "$unit"
    action=restart
  fi
  if ! systemctl "$action" "$unit"; then
    echo "$unit does not start; its last words:" >&2
    journalctl --unit="$unit" --lines=12 --no-pager --output=cat >&2
    exit 1
  fi
  echo "$key" >"$stamps/$unit"
  echo "$unit"
done
