#!/bin/sh
# Does Consul let in whom $CURRENT declares, and nobody without a token?
. ../shell/fail.sh
. ../shell/within.sh
. ../consul/api.sh
[ -f "$CURRENT/secrets/management" ] || exit 0

keeps_out() {
  wrong='Consul does not let the stack in'
  [ "$(consul_api "$CURRENT/secrets/management" GET acl/token/self)" = 200 ] || return 1
  # Lists are answered to anybody, without what the token may not see.
  status=$(consul_api '' GET kv/gatebox)
  wrong="Consul answers $status to who asks for a key of its store without a token, not 403"
  [ "$status" = 403 ]
}
try_within 30 keeps_out || fail "$wrong"
