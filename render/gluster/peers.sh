# shellcheck shell=sh
# Prints "UUID CONNECTED MEMBER NAME…" of each other server of the trusted pool; CONNECTED and MEMBER are 1 or 0. Fails where
# glusterd does not answer within SECONDS. A server goes by several names, of which `peer status` in plain and `pool list` show
# any: one that it was asked to join by, and its host's.
peers() { # SECONDS
  peers_said=$(timeout -k 2 "$1" gluster --mode=script --timeout="$1" peer status --xml 2>/dev/null) || return 1
  echo "$peers_said" | tr -d '\n' | sed 's/</\n</g' | awk -F '[<>]' '
    $2 == "peer" { uuid = names = ""; connected = member = 0 }
    $2 == "uuid" { uuid = $3 }
    $2 == "connected" { connected = $3 }
    $2 == "stateStr" { member = $3 == "Peer in Cluster" }
    $2 == "hostname" && !seen[uuid, $3]++ { names = names " " $3 }
    $2 == "/peer" { print uuid, connected, member names }'
}

# "UUID NAME" of the servers of the trusted pool that this one sees, itself aside; nothing where glusterd does not answer.
connected_peers() {
  peers 8 | awk '$2 { print $1, $4 }'
}
