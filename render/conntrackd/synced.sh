# shellcheck shell=sh
# Whether a tree wants conntrackd.
synced() { # TREE
  [ -e "$1/conntrackd/conntrackd.conf" ]
}
