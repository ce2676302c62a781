/** What the host's runtime runs to give a host its network. */
import { hostNetworkFunctions } from "./hostNetworkFunctions.ts";

/**
 * `lifecycle/activate`: files, names, settings, then networkd. It is told to reload and never to reconfigure: then it takes
 * no address away that it is to give again. What it leaves where it is because others may need it (addresses and ways out
 * that the tree before declared, and this one does not) goes last, when what is declared stands.
 *
 * Only a change of networkd's own settings needs its restart, after which it finds all addresses as they were.
 */
export function hostNetworkActivate(): string {
  return `#!/bin/sh
# Makes the network of this host what $CURRENT declares.
${hostNetworkFunctions}
mkdir -p "$notes"
# Once for the first tree, also if this is run again: what stood before any of it.
if [ -z "$PREVIOUS" ] && [ ! -e "$before" ]; then
  standing "$CURRENT" >"$before.new"
  sync "$before.new"
  mv -f "$before.new" "$before"
  sync "\${before%/*}"
fi
held >"$notes/held"

units_changed=''
while read -r source place mode; do
  cmp -s "$CURRENT/$source" "$place" && continue
  case $place in
  /etc/systemd/networkd.conf.d/*) : >"$notes/restart" ;;
  /etc/systemd/system/*) units_changed=1 ;;
  esac
  install -D -m "$mode" "$CURRENT/$source" "$place.gatebox-new"
  # After a power cut it has what it had or this, whole: the former files are aside by then.
  sync "$place.gatebox-new"
  mv -f "$place.gatebox-new" "$place"
done <"$CURRENT/files.list"
if [ -n "$PREVIOUS" ]; then
  remove_files "$PREVIOUS" "$CURRENT"
  put_back "$PREVIOUS" "$CURRENT"
fi
put_aside "$CURRENT"
[ -z "$units_changed" ] || systemctl daemon-reload

awk '{ print $2, $1 }' "$CURRENT/interfaces.list" >"$notes/names"
rename_all "$notes/names" || fail "$wrong"
words=$(sysctl --quiet --load "$CURRENT/sysctl/network.conf" 2>&1) || fail "the kernel refuses a setting: $words"

sync_generated
since=$(date +%s)
if ! systemctl is-active --quiet systemd-networkd.service; then
  systemctl start systemd-networkd.service
elif [ -e "$notes/restart" ]; then
  systemctl restart systemd-networkd.service
fi
rm -f "$notes/restart"
tries=0
# What it has read already it passes over. It has no door open yet when it has just started.
until words=$(timeout 10 networkctl reload 2>&1); do
  tries=$((tries + 1))
  [ "$tries" -lt 25 ] || fail "networkd does not reload: $words"
  sleep 0.2
done

all_stand() {
  while read -r name _ addresses; do
    for address in $addresses; do
      wrong="networkd does not give $name the address $address"
      has "$name" "$address" || return 1
    done
  done <"$CURRENT/interfaces.list"
  while read -r via name source; do
    wrong="networkd does not set the default route via $via on $name"
    defaults "$(family_of "$via")" | grep -qF "default via $via dev $name proto static src $source" || return 1
  done <"$CURRENT/default.list"
}
tries=0
until all_stand; do
  tries=$((tries + 1))
  if [ "$tries" -ge 100 ]; then
    journalctl --quiet --no-pager --output cat --unit systemd-networkd.service --since "@$since" --lines 15 >&2 2>/dev/null || true
    fail "$wrong"
  fi
  sleep 0.1
done

# networkd may have taken them for its own meanwhile, while it was not told yet to leave them alone.
[ ! -e "$notes/lost" ] || put_routes "$notes/lost"
# What only the tree before declared.
if [ -n "$PREVIOUS" ]; then
  while read -r _ mac addresses; do
    name=$(interface_of "$mac")
    for address in $addresses; do
      if awk -v mac="$mac" -v address="$address" '
        $2 == mac { for (i = 3; i <= NF; i++) if ($i == address) found = 1 }
        END { exit !found }' "$CURRENT/interfaces.list"; then continue; fi
      [ -z "$name" ] || ip address del "$address" dev "$name" 2>/dev/null || true
    done
  done <"$PREVIOUS/interfaces.list"
  while read -r via name source; do
    grep -qxF "$via $name $source" "$CURRENT/default.list" ||
      ip "$(family_of "$via")" route del default via "$via" dev "$name" proto static src "$source" 2>/dev/null || true
  done <"$PREVIOUS/default.list"
fi
# Two ways out of the same rank: the kernel takes the older one.
while read -r via name source; do
  family=$(family_of "$via")
  defaults "$family" | while read -r route; do
    case "$route " in
    "default via $via dev $name proto static src $source "*) continue ;;
    *' metric 1024 '*) ;;
    *' metric '*) continue ;;
    esac
    # shellcheck disable=SC2086 # words of ip(8), as it printed them
    ip "$family" route del $route
  done
done <"$CURRENT/default.list"

rm -f "$notes/lost"
let_find_anew
# Addresses that move have moved then, and come back when keepalived has found its interfaces; but not without them.
if [ -n "$renamed" ]; then
  unknown=''
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ -f "$file" ] || continue
    read -r _ _ interface _ <"$file"
    is_name "$interface" || unknown=1
  done
  [ -n "$unknown" ] || : >"$notes/held"
fi
`;
}
