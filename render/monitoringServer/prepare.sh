#!/bin/sh
# Puts what the server looks for while it runs where it finds it through all changes: targets, and secrets, readable to its group.
# It sees files that are replaced, and reads secrets whenever it sends.
set -eu
. ../shell/put_files.sh
tree=/etc/gatebox/ASSEMBLY
place=/run/gatebox-ASSEMBLY
# shellcheck source=/dev/null
. "$tree/lifecycle/settings"
: "${storage:?}" "${group:?}"

umask 022
if ! [ -d "$storage" ]; then mkdir -p "$storage"; fi
if [ -z "$(ls -A "$storage")" ]; then chown "$group:$group" "$storage"; fi
put_files "$tree/targets" "$place/targets" 0644 "$group"
umask 027
mkdir -p "$place/secrets"
chgrp "$group" "$place/secrets" && chmod 0750 "$place/secrets"
put_files "$tree/secrets" "$place/secrets" 0640 "$group"
