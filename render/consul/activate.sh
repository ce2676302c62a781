#!/bin/sh
# Makes Consul run as $CURRENT declares: started again where what it reads only then is another, reloaded where its services are.
. ../shell/fail.sh
. ../shell/reload_units.sh
. ../shell/service_part.sh
. ../shell/started_at_boot.sh
. ./leave.sh
notes=/run/gatebox/consul
unit=consul.service
data=/opt/consul

# A number for all that it reads when it starts.
started_with() { # TREE
  {
    cat "$1/config/agent.json" "$1/tls/authority.pem" "$1/tls/certificate.pem"
    service_part "$1/systemd/consul.conf"
    cat "$1/secrets/agent.json" "$1/secrets/dns.json"
  } 2>/dev/null | sha256sum | cut -d ' ' -f 1
}

role_of() { # TREE
  # shellcheck source=/dev/null
  (. "$1/lifecycle/settings" && echo "${role:?}")
}

mkdir -p "$notes"
reload_units
systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
# Without the key it would be alone, and nobody would know.
if ! [ -f "$CURRENT/secrets/agent.json" ]; then
  echo 'Consul starts when its secrets are here'
  exit 0
fi
note_start_at_boot "$notes/started-with" started_with
if ! systemctl is-active --quiet "$unit" || [ "$(started_with "$CURRENT")" != "$(cat "$notes/started-with" 2>/dev/null)" ]; then
  # A server that becomes an agent is not to be waited for by the others.
  if [ -n "$PREVIOUS" ] && [ "$(role_of "$PREVIOUS")" = server ] && [ "$(role_of "$CURRENT")" = agent ]; then
    leave_cluster "$PREVIOUS"
    rm -rf "$data/raft"
  fi
  since=$(date +%s)
  timeout 60 systemctl restart "$unit" || {
    journalctl --quiet --no-pager --output cat --unit "$unit" --since "@$since" --lines 20 >&2 2>/dev/null || true
    fail "$unit does not start"
  }
  started_with "$CURRENT" >"$notes/started-with"
elif [ -n "$PREVIOUS" ] && ! cmp -s "$CURRENT/config/services.json" "$PREVIOUS/config/services.json"; then
  timeout 30 systemctl reload "$unit" || fail "$unit does not take its services"
fi
