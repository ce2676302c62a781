#!/bin/sh
# Makes the load balancer of the API use $CURRENT: by a reload, which ends no session. What it knows of the API servers the new
# process takes over, so that none of them is thought to be up, or drained no longer, until it is asked.
. ../shell/fail.sh
. ../shell/every.sh
. ../shell/same_service.sh
. ../shell/reload_units.sh
. ./instance.sh
. ../haproxy/listeners.sh
. ../haproxy/serve.sh
. ../shell/started_at_boot.sh
. ./states.sh
notes=/run/gatebox/control-plane

# The package has enabled the distribution's service, whose configuration listens nowhere: at a boot it would only fail. One that
# is somebody's is left alone.
leave_unconfigured_off() {
  [ ! -e /etc/systemd/system/haproxy.service.d/gatebox.conf ] || return 0
  ! systemctl is-active --quiet haproxy.service && systemctl is-enabled --quiet haproxy.service || return 0
  grep -qsE '^[[:blank:]]*(bind|listen|frontend)' /etc/haproxy/haproxy.cfg || systemctl --quiet disable haproxy.service
}

mkdir -p "$notes"
require_free_ports "$CURRENT"
reload_units
leave_unconfigured_off
keep_states "$CURRENT" "$notes"
serve_haproxy "$notes"
sessions=gatebox-control-plane-sessions.service
started_with() { # TREE
  cat "$1/systemd/$sessions" "$1/scripts/sessions"
}
note_start_at_boot "$notes/sessions.started-with" started_with
if ! systemctl is-active --quiet "$sessions" || ! started_with "$CURRENT" | cmp -s - "$notes/sessions.started-with"; then
  systemctl restart "$sessions" || fail "the service $sessions does not start"
  started_with "$CURRENT" >"$notes/sessions.started-with"
fi
