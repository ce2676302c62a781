#!/bin/sh
# Gives Consul's user copies of what it reads at its start and at a reload: trees are root's, and its key never leaves the host.
set -eu
. ./cluster_of.sh
tree=/etc/gatebox/consul
run=/run/gatebox-consul
data=/opt/consul

install -d -o root -g consul -m 0750 "$run"
give() { # FILE NAME
  install -o root -g consul -m 0640 "$1" "$run/$2.new"
  mv -f "$run/$2.new" "$run/$2"
}
give "$tree/config/agent.json" 10-agent.json
# Only the copy has the token that services are registered with, and no command line.
(
  umask 077
  awk 'NR == FNR { token = $1; next } { gsub(/@secrets\/agent-token@/, token); print }' \
    "$tree/secrets/agent-token" "$tree/config/services.json" >"$run/services.new"
)
give "$run/services.new" 20-services.json
rm -f "$run/services.new"
give "$tree/secrets/agent.json" 30-secrets.json
give "$tree/tls/authority.pem" authority.pem
give "$tree/tls/certificate.pem" certificate.pem
give /var/lib/gatebox/keys/consul.pem key.pem
# Consul before 1.17 knows no token of DNS and does not start with one: without it nobody is answered.
give "$tree/secrets/dns.json" 40-dns.json
said=$(timeout 30 consul validate "$run" 2>&1) || case $said in
*'invalid config key acl.tokens.dns'*)
  rm -f "$run/40-dns.json"
  echo 'this Consul knows no token of DNS (from 1.17 on it does): for .consul it answers nobody'
  ;;
esac
[ -d "$data" ] || install -d -o consul -g consul -m 0750 "$data"
# Whose data they are to be; also where somebody has emptied the directory, to restore a snapshot.
[ -e "$data/node-id" ] || [ -e "$data/raft" ] || [ -e "$data/serf" ] || cluster_of "$tree" >"$data/gatebox-cluster"
