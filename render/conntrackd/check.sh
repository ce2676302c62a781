# shellcheck shell=sh
# Refuses a protocol that conntrackd would ignore without failing. Needs `fail` and `synced`.
check_conntrackd() { # TREE
  synced "$1" || return 0
  protocols=$(sed -n '/^ *Protocol Accept {$/,/}/s/^ *\([A-Z]\{1,\}\)$/\1/p' "$1/conntrackd/conntrackd.conf")
  for protocol in $protocols; do
    getent protocols "$protocol" >/dev/null || fail "/etc/protocols (package netbase) does not name $protocol: conntrackd would ignore it"
  done
}
