# shellcheck shell=sh
# Mounts the memory that nginx spools into in place of its directory on the disk: bodies and answers of slow clients must not take
# the room that a transaction needs. Needs `fail`.
spool_unit=var-lib-nginx.mount

run_spool() { # NOTES
  if ! systemctl is-active --quiet "$spool_unit"; then
    systemctl start "$spool_unit" || fail "cannot mount /var/lib/nginx"
    # nginx makes them when it loads a configuration; it may run already.
    for name in body proxy fastcgi uwsgi scgi; do install -d -m 0700 -o www-data "/var/lib/nginx/$name"; done
  elif ! cmp -s "$CURRENT/systemd/$spool_unit" "$1/spool.mounted-with"; then
    systemctl reload "$spool_unit" || fail "cannot give /var/lib/nginx another size"
  fi
  cp "$CURRENT/systemd/$spool_unit" "$1/spool.mounted-with"
}
