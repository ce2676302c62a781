
# ---- The guard of the operator's way in
#
# A tree whose lifecycle/guard holds a number of seconds may lock the operator out. Before it is activated a timer is set
# that goes back by itself, whatever happens to this process; afterwards the operator's own SSH connection is tried. A boot
# forgets timers, and whoever is locked out may well have the machine reset: until the transaction has ended, a unit lies
# ready that goes back then. It runs beside the rest of the boot, since the steps need what the boot starts.

guard_timer=gatebox-guard-
boot_units=$root/etc/systemd/system

keep_for_boot() {
  boot_unit=$boot_units/gatebox-back-$assembly.service
  boot_link=$boot_units/multi-user.target.wants/${boot_unit##*/}
  mkdir -p "${boot_link%/*}" && cat >"$boot_unit" <<UNIT && ln -sfn "$boot_unit" "$boot_link" && sync "$boot_unit" "${boot_link%/*}"
[Unit]
Description=Gatebox goes back from a change of $assembly that a reset cut off
After=network.target dbus.service

[Service]
Type=oneshot
ExecStart=/bin/sh $self back $assembly
UNIT
}

forget_for_boot() {
  rm -f "$boot_units/multi-user.target.wants/gatebox-back-$assembly.service" "$boot_units/gatebox-back-$assembly.service"
}

arm_guard() { # TREE
  : >"$work/log"
  [ -f "$1/lifecycle/guard" ] || return 0
  read -r guard_seconds <"$1/lifecycle/guard"
  case $guard_seconds in
  '' | *[!0-9]*)
    echo 'lifecycle/guard must hold a number of seconds' >"$work/log"
    return 1
    ;;
  esac
  if [ -n "${SSH_CONNECTION:-}" ] && ! command -v ss >"$work/log"; then
    echo 'the guard needs the program ss (package iproute2)' >"$work/log"
    return 1
  fi
  if systemd_runs; then
    keep_for_boot 2>"$work/log" || return 1
    forget_timer
    systemd-run --quiet --collect --on-active="$guard_seconds" --timer-property=AccuracySec=1s \
      --unit="$guard_timer$assembly" sh "$self" back "$assembly" >"$work/log" 2>&1 8>&- 9>&- || return 1
    echo systemd >"$guard"
  else
    # shellcheck disable=SC2016 # expanded by the inner shell
    setsid sh -c 'sleep "$1"; exec sh "$2" back "$3"' sh "$guard_seconds" "$self" "$assembly" \
      >/dev/null 2>&1 </dev/null 8>&- 9>&- &
    echo "$!" >"$guard"
  fi
}

forget_timer() {
  systemctl stop "$guard_timer$assembly.timer"
  systemctl reset-failed "$guard_timer$assembly.timer" "$guard_timer$assembly.service"
} >/dev/null 2>&1 8>&- 9>&-

disarm_guard() {
  forget_for_boot
  [ -f "$guard" ] || return 0
  read -r armed <"$guard"
  case $armed in
  systemd) forget_timer ;;
  # Not when it is the guard itself that puts things in order.
  *) [ "$armed" = "$$" ] || kill -s KILL -- "-$armed" 2>/dev/null ;;
  esac
  rm -f "$guard"
}

# Whether the client still acknowledges what we send it: only then can packets of the operator come in. By the timer of
# RFC 6298 TCP has sent a lost line again several times within these 5 s.
way_in_open() { # TREE
  [ -f "$1/lifecycle/guard" ] && [ -n "${SSH_CONNECTION:-}" ] || return 0
  acknowledged_before=$(acknowledged_bytes)
  [ -n "$acknowledged_before" ] || return 1
  echo "gatebox: $host: $assembly: trying the way in" || return 1
  tries=0
  while [ "$tries" -lt "$way_in_tries" ]; do
    sleep 0.05
    acknowledged=$(acknowledged_bytes)
    if [ "${acknowledged:-0}" -gt "$acknowledged_before" ]; then return 0; fi
    tries=$((tries + 1))
  done
  return 1
}

# Bytes that the other end of $SSH_CONNECTION has acknowledged so far; nothing if the connection is gone.
acknowledged_bytes() {
  # shellcheck disable=SC2086 # four words: address and port of the client, then ours
  set -- $SSH_CONNECTION
  ss -Htin state established "( sport = :$4 and dport = :$2 )" 2>/dev/null | awk -v client="$1" -v port="$2" '
    /^[^ \t]/ {
      peer = $4
      sub(":" port "$", "", peer)
      gsub(/^\[|\]$/, "", peer)
      sub(/^::ffff:/, "", peer)
      mine = (peer == client)
      if (mine) found = 1
    }
    mine { for (i = 1; i <= NF; i++) if (sub(/^bytes_acked:/, "", $i)) bytes = $i }
    END { if (found) print bytes + 0 }
  '
}
