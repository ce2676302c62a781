#!/bin/sh
# Is Consul in the cluster that $CURRENT declares? One that knows no leader is alone, whatever its process says.
. ../shell/fail.sh
. ../shell/within.sh
. ./api.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${role:?}" "${servers:?}" "${rpc_port:?}"
consul_answer=$(mktemp) || fail "cannot write to ${TMPDIR:-/tmp}"
trap 'rm -f "$consul_answer"' EXIT

[ -f "$CURRENT/secrets/agent.json" ] || exit 0

# Before the first election all servers must have come; while some have not, there is nothing to wait for.
all_have_come() {
  for server in $servers; do
    curl -s --noproxy '*' --connect-timeout 1 -m 2 "telnet://$server:$rpc_port" </dev/null >/dev/null 2>&1 || return 1
  done
}

knows_leader() {
  wrong='consul.service is not running'
  systemctl is-active --quiet consul.service || return 1
  status=$(consul_api '' GET status/leader)
  said=$(tr -d '\000-\037\177' <"$consul_answer" | cut -c 1-200)
  if [ "$status" != 200 ]; then
    wrong="Consul answers $status: $said"
    case $said in *'No known Consul servers'*)
      wrong='Consul is alone: none of its servers takes it in. They may have stopped, or have another gossip key or authority' ;;
    esac
    return 1
  fi
  wrong="Consul knows no leader among its servers ($servers)"
  [ "$said" != '""' ] && [ -n "$said" ] || return 1
  # Who may do what is made after the servers, and before the agents.
  [ "$role" = agent ] || return 0
  wrong='Consul does not know the token of its agent'
  [ "$(consul_api "$CURRENT/secrets/agent-token" GET agent/self)" = 200 ]
}

answers() {
  knows_leader && return 0
  [ "$role" = server ] && ! [ -e /opt/consul/gatebox-formed ] && [ "$status" = 200 ] && ! all_have_come
}
status=''
try_within 90 answers || fail "$wrong"
