# shellcheck shell=sh
# Prints what tells the cluster of TREE from others: its authority. The data of a host are of the cluster that is noted there.
cluster_of() { # TREE
  sha256sum <"$1/tls/authority.pem" | cut -d ' ' -f 1
}
