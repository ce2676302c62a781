#!/bin/sh
# Can Consul run here as the staged tree $TREE declares? Changes nothing.
. ../shell/fail.sh
. ./cluster_of.sh
. ../monitoringServer/clocks.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${role:?}" "${address:?}" "${front_door=}" "${rpc_port:?}" "${gossip_port:?}" "${http_port:?}" "${https_port:?}" "${dns_port:?}"
key=/var/lib/gatebox/keys/consul.pem
data=/opt/consul

command -v consul >/dev/null || fail "the program consul is not on this host, though its package is: look for what the repository's package consul is"
for own in "$address" $front_door; do
  ip -o -4 address show | grep -qF " $own/" || fail "this host does not have the address $own, on which Consul is to listen"
done

taken() { # PROTOCOL ADDRESS PORT
  ss -H -l -n -p "--$1" "sport = :$3" | awk -v address="$2" '
    { where = $4; sub(/:[^:]*$/, "", where) }
    (where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && !index($0, "\"consul\"") { print $4, $6; exit }
  '
}
places="tcp:$address:$gossip_port udp:$address:$gossip_port tcp:127.0.0.1:$http_port tcp:127.0.0.1:$dns_port udp:127.0.0.1:$dns_port"
[ "$role" != server ] || places="$places tcp:$address:$rpc_port tcp:$address:$https_port"
[ -z "$front_door" ] || places="$places tcp:$front_door:$http_port"
for place in $places; do
  at=${place#*:}
  holder=$(taken "${place%%:*}" "${at%:*}" "${at##*:}")
  [ -z "$holder" ] || fail "$at (${place%%:*}), where Consul is to listen, is already taken: $holder"
done

# A fragment may be staged before the certificates are there.
[ -f "$TREE/tls/authority.pem" ] || exit 0
[ -s "$key" ] || fail "$key, this host's key for Consul, is missing: have it made again with the resource that made it, pulumi up --target-replace"
certified=$(openssl x509 -in "$TREE/tls/certificate.pem" -noout -pubkey 2>/dev/null || true)
[ "$certified" = "$(openssl pkey -in "$key" -pubout 2>/dev/null || true)" ] ||
  fail "the certificate is not for the key of this host ($key), which was made anew since: replace the resource that made it, pulumi up --target-replace"

if [ -e "$data/node-id" ] || [ -e "$data/raft" ] || [ -e "$data/serf" ]; then
  [ "$(cat "$data/gatebox-cluster" 2>/dev/null)" = "$(cluster_of "$TREE")" ] ||
    fail "$data has data of another cluster of Consul: move the directory away if nobody needs them, or name another host"
fi

tried=$(mktemp -d) || fail "cannot write to ${TMPDIR:-/tmp}"
trap 'rm -rf "$tried"' EXIT
# Tokens, checks and certificates go by time.
clock_curl=$tried/curl
printf 'cert = "%s"\nkey = "%s"\ncacert = "%s"\n' "$TREE/tls/certificate.pem" "$key" "$TREE/tls/authority.pem" >"$clock_curl"
faults=$(clock_faults "$TREE/lifecycle/clocks")
[ -z "$faults" ] || fail "$faults"

[ -f "$TREE/secrets/agent.json" ] || exit 0
rm -f "$clock_curl"
for file in config/agent.json config/services.json secrets/agent.json; do
  install -m 0600 "$TREE/$file" "$tried/$(echo "$file" | tr / -)" || fail "cannot write to $tried"
done
said=$(timeout 30 consul validate "$tried" 2>&1) || fail "Consul refuses its configuration: $(echo "$said" | tr '\n' ' ' | cut -c 1-2000)"
