# shellcheck shell=sh
# What HAProxy's processes say of the API servers. Needs `cli` (see haproxy/master.sh).

# Prints "NAME STATUS" of each API server, as the present process sees it.
servers_now() {
  cli '@1 show stat -1 4 -1' | awk -F , '$1 == "kube-api" { status = $18; sub(/ .*/, "", status); print $2, status }'
}
