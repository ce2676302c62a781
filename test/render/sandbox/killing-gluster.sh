#!/bin/sh
# `gluster` that kills who calls it, the step of STEP, at one change of the trusted pool or a volume that it is told to make.
# "$0.when" says "SKIP MOMENT": how many changes are let pass, and then "before" the change is told, "after" it, or so many
# milliseconds after it was told, or when the brick of BRICK is "marked"; of the last two glusterd dies too. What was told is in
# "$0.killed-at".
case " $* " in
*' peer probe '* | *' volume create '* | *' volume set '* | *' volume start '* | *' volume add-brick '* | *' volume replace-brick '*) ;;
*) exec /usr/sbin/gluster "$@" ;;
esac
read -r skip moment brick <"$0.when"
if [ "$skip" -gt 0 ] || [ -e "$0.killed-at" ]; then
  echo "$((skip - 1)) $moment $brick" >"$0.when"
  exec /usr/sbin/gluster "$@"
fi
echo "$*" >"$0.killed-at"
case $moment in
before) ;;
after) /usr/sbin/gluster "$@" >/dev/null 2>&1 ;;
*)
  /usr/sbin/gluster "$@" >/dev/null 2>&1 &
  told=$!
  if [ "$moment" = marked ]; then
    until getfattr -n trusted.glusterfs.volume-id "$brick" >/dev/null 2>&1 || ! kill -0 "$told"; do :; done
  else
    sleep "$(awk -v ms="$moment" 'BEGIN { print ms / 1000 }')"
  fi
  kill -KILL "$(cat /run/glusterd.pid)"
  ;;
esac
kill -KILL "$STEP"
