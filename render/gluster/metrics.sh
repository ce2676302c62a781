#!/bin/sh
# What this host's bricks and its trusted pool are like, for node exporter's textfile directory. Nothing here waits for another
# host longer than 10 s, and no number is made up for what does not answer.
tree=/etc/gatebox/gluster
out=/var/lib/prometheus/node-exporter/gatebox_gluster.prom
[ -d "${out%/*}" ] || exit 0
# Without node exporter nobody is told.
[ -e /etc/gatebox/node-exporter ] || {
  rm -f "$out"
  exit 0
}
new=$out.$$
trap 'rm -f "$new"' EXIT

# `gluster volume status NAME --xml`: the bricks that are online, of how many. A self-heal daemon is a node too, and no brick.
bricks_online() { # VOLUME
  timeout -k 1 10 gluster --timeout=8 volume status "$1" --xml 2>/dev/null | tr -d '\n' | sed 's/<node>/\n<node>/g' | awk -v volume="$1" '
    /<opRet>0<\/opRet>/ { answered = 1 }
    /<node>.*<path>\// { bricks++; if (/<status>1<\/status>/) online++ }
    END {
      if (!answered || !bricks) exit
      printf "gatebox_gluster_bricks{volume=\"%s\"} %d\n", volume, bricks
      printf "gatebox_gluster_bricks_online{volume=\"%s\"} %d\n", volume, online
    }'
}

# Files that the brick knows to differ on another brick: GlusterFS keeps a link to each in this index.
heal_pending() { # VOLUME PLACE
  index=$2/brick/.glusterfs/indices/xattrop
  [ -d "$index" ] || return 0
  count=$(timeout 10 find "$index" -mindepth 1 ! -name 'xattrop-*' -printf x | wc -c) || return 0
  echo "gatebox_gluster_heal_pending{volume=\"$1\"} $count"
}

{
  echo '# HELP gatebox_gluster_up Whether glusterd answers.'
  echo '# TYPE gatebox_gluster_up gauge'
  if peers=$(timeout -k 1 10 gluster --timeout=8 pool list 2>/dev/null); then
    echo 'gatebox_gluster_up 1'
    echo "$peers" | awk 'NR > 1 { all++; if ($NF == "Connected") connected++ }
      END {
        printf "# HELP gatebox_gluster_peers Servers of the trusted pool, this one included.\n# TYPE gatebox_gluster_peers gauge\ngatebox_gluster_peers %d\n", all
        printf "# HELP gatebox_gluster_peers_connected Servers of the trusted pool that this one sees.\n# TYPE gatebox_gluster_peers_connected gauge\ngatebox_gluster_peers_connected %d\n", connected
        printf "# HELP gatebox_gluster_quorum Whether this server sees a majority of its trusted pool.\n# TYPE gatebox_gluster_quorum gauge\ngatebox_gluster_quorum %d\n", (connected * 2 > all)
      }'
  else
    echo 'gatebox_gluster_up 0'
  fi
  echo '# HELP gatebox_gluster_heal_pending Files of this brick that another brick has yet to be given.'
  echo '# TYPE gatebox_gluster_heal_pending gauge'
  while read -r volume place _; do heal_pending "$volume" "$place"; done <"$tree/bricks.list"
  echo '# HELP gatebox_gluster_brick_mounted Whether the file system of this brick is there.'
  echo '# TYPE gatebox_gluster_brick_mounted gauge'
  while read -r volume place _ device _; do
    mounted=0
    if [ "$device" = - ] || mountpoint -q "$place"; then mounted=1; fi
    echo "gatebox_gluster_brick_mounted{volume=\"$volume\"} $mounted"
  done <"$tree/bricks.list"
  # One metric's lines stand together.
  while read -r volume _; do bricks_online "$volume"; done <"$tree/bricks.list" | sort | awk '
    { name = $1; sub(/\{.*/, "", name) }
    name != last { print "# TYPE " name " gauge"; last = name }
    { print }'
} >"$new" && chmod 0644 "$new" && mv -f "$new" "$out"
