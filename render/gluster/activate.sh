#!/bin/sh
# Makes this host the server (or client) of GlusterFS that $CURRENT declares. Bricks that run go on: glusterd alone is started
# again, and only where it is another one. No device is written to but an empty one, which $TREE's check has looked at.
. ../shell/fail.sh
. ../shell/service_part.sh
. ../shell/started_at_boot.sh
. ./brick_device.sh
. ./empty_device.sh
. ./make_bricks.sh
. ./peers.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${serves:?}"
notes=/run/gatebox/gluster
state=/var/lib/glusterd
stamp=$notes/started-with

started_with() { # TREE
  service_part "$1/systemd/glusterd.service" && cat "$1/glusterd.vol" "$1"/tls/*.pem
}

mkdir -p "$notes" "$state"
rm -f "$notes/connected-before"
# Before anything else: by this a later check knows what is here for Gatebox's own.
for peer in ${peers-}; do
  grep -qxF "$peer" "$state/gatebox-peers" 2>/dev/null || echo "$peer" >>"$state/gatebox-peers"
done
ln -sfn /var/lib/gatebox/keys/gluster.pem /usr/lib/ssl/glusterfs.key
# With this file all of GlusterFS' management on this host is TLS.
[ -e "$state/secure-access" ] || : >"$state/secure-access"
if [ -d "$CURRENT/systemd" ] || { [ -n "$PREVIOUS" ] && [ -d "$PREVIOUS/systemd" ]; }; then systemctl daemon-reload; fi
if [ "$serves" = no ]; then
  # It was a server once.
  if [ -n "$PREVIOUS" ] && [ -f "$PREVIOUS/bricks.list" ]; then TREE=$PREVIOUS sh -eu "$PREVIOUS/lifecycle/deactivate" servers-part; fi
  exit 0
fi

# What glusterd runs for others stands beside its own programs.
for programs in /usr/lib/*/glusterfs /usr/libexec/glusterfs; do
  [ ! -e "$programs/peer_gsec_create" ] || ln -sfn /etc/gatebox/gluster/scripts/own-bricks.sh "$programs/peer_gatebox_bricks"
done
make_bricks "$CURRENT/bricks.list" "$CURRENT/scripts/mount-bricks.sh"

for unit in gatebox-bricks.service glusterd.service gatebox-clock.socket gatebox-gluster-metrics.timer; do
  systemctl is-enabled --quiet "$unit" || systemctl --quiet enable "$unit"
done
# Everything is mounted already; from now on a boot does it.
timeout 50 systemctl start gatebox-bricks.service || fail 'gatebox-bricks.service does not start'
note_start_at_boot "$stamp" started_with
started_with "$CURRENT" >"$stamp.new"
if ! systemctl is-active --quiet glusterd.service || ! cmp -s "$stamp.new" "$stamp"; then
  since=$(date +%s)
  # Those that see this server now are to see it again before the next one is touched: see `probe`.
  connected_peers >"$notes/connected-before"
  timeout 50 systemctl restart glusterd.service || {
    journalctl --quiet --no-pager --output cat --unit glusterd.service --since "@$since" --lines 20 >&2 2>/dev/null || true
    tail -n 10 /var/log/glusterfs/glusterd.log >&2 2>/dev/null || true
    fail 'glusterd.service does not start'
  }
  mv -f "$stamp.new" "$stamp"
fi
rm -f "$stamp.new"
timeout 20 systemctl start gatebox-clock.socket || fail 'gatebox-clock.socket does not start'
timeout 20 systemctl restart gatebox-gluster-metrics.timer || fail 'gatebox-gluster-metrics.timer does not start'
