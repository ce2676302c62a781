# shellcheck shell=sh
# Prints the servers of the trusted pool that this one sees, itself aside, one a line; nothing where glusterd does not answer.
connected_peers() {
  timeout -k 1 10 gluster --timeout=8 pool list 2>/dev/null | awk 'NR > 1 && $2 != "localhost" && $NF == "Connected" { print $2 }'
}
