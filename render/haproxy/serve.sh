# shellcheck shell=sh
# Makes HAProxy serve the configuration of $CURRENT. Needs `fail`, `try_every`, `same_service` and what
# `distribution.sh` says.
#
# HAProxy 2.6 answers nothing to `reload`; whether it took is read from `show proc`: the master counts reloads, and failed ones
# since the last that took. After a failure it goes on with the previous worker.
. ./master.sh
: "${haproxy_unit:?}" "${haproxy_unit_file:?}"

# It decides by what the running program was started with and has loaded (kept in NOTES), not by what the previous tree was: a
# run that was cut off is put right by the next.
serve_haproxy() { # NOTES
  systemctl is-enabled --quiet "$haproxy_unit" || systemctl --quiet enable "$haproxy_unit"
  sum=$(haproxy_sum "$CURRENT")
  # A restart ends connections: a master that is busy (with a reload, on a busy host) is given time to answer.
  if ! systemctl is-active --quiet "$haproxy_unit" ||
    ! same_service "$1/haproxy.started-with" "$CURRENT/$haproxy_unit_file" || ! try_every 0.25 10 ask_master; then
    start_haproxy
  elif [ "$failed" != 0 ] || [ "$(cat "$1/haproxy.loaded" 2>/dev/null)" != "$sum" ]; then
    reload_haproxy
  fi
  echo "$sum" >"$1/haproxy.loaded"
}

start_haproxy() {
  begun=$(date +%s)
  systemctl restart "$haproxy_unit" || { haproxy_log_since "$begun"; fail 'HAProxy does not start'; }
  try_every 0.1 10 haproxy_took || { haproxy_log_since "$begun"; fail 'HAProxy started, but its master does not answer'; }
}

reload_haproxy() {
  begun=$(date +%s)
  before=$reloads
  cli reload >/dev/null || fail 'the master of HAProxy did not take the command to reload'
  try_every 0.1 20 haproxy_reloaded || fail 'HAProxy did not reload within 20 s'
  if [ "$failed" != 0 ] || [ -z "$worker" ]; then
    haproxy_log_since "$begun"
    haproxy -c -f "$CURRENT/haproxy/base.cfg" -f "$CURRENT/haproxy/routes" 2>&1 | grep -v '^\[NOTICE\]' >&2 || true
    fail 'HAProxy did not take the new configuration; it goes on with the one before'
  fi
}

haproxy_took() {
  ask_master && [ "$failed" = 0 ] && [ -n "$worker" ]
}

haproxy_reloaded() {
  ask_master && [ "$reloads" -gt "$before" ]
}

haproxy_log_since() { # SECONDS
  journalctl --quiet --no-pager --output cat --unit "$haproxy_unit" --since "@$1" --lines 20 >&2 2>/dev/null || true
}
