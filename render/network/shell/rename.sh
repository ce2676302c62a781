# shellcheck shell=sh
# $notes: the directory of what the steps report to each other; gone after a boot.
: "${notes:?}"

# Gives an interface its name, or leaves in $wrong why it has it not; it is up in any case, as it was. A kernel before 6.2
# renames only what is down, and loses its routes by that.
rename() { # NOW NAME
  renamed=1
  ip link property del dev "$1" altname "$2" 2>/dev/null || true
  output=$(ip link set dev "$1" name "$2" 2>&1) && return
  wrong="the interface $1 does not take the name $2: $output"
  case $output in *[Bb]usy*) ;; *) return 1 ;; esac
  ip link set dev "$1" down
  if output=$(ip link set dev "$1" name "$2" 2>&1); then
    ip link set dev "$2" up
  else
    wrong="the interface $1 does not take the name $2: $output"
    ip link set dev "$1" up
    return 1
  fi
}

# networkd hears late that a NIC was down, takes its addresses away and gives them again; with the last one the kernel takes
# the routes.
keep_routes() { # FILE
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    put_routes "$1"
  done
}

# Gives each interface its name, or leaves in $wrong why one has it not. A name that another one still has is freed first.
# "lost" has the routes that are to be there afterwards; it is there already where a run before this one was killed. Needs
# interface_of, is_name, routes_of and put_routes.
rename_all() { # FILE ("MAC NAME" of each)
  while read -r mac name; do
    now=$(interface_of "$mac")
    if [ -n "$now" ] && [ "$now" != "$name" ]; then echo "$now"; fi
  done <"$1" >"$notes/misnamed"
  if [ -e "$notes/lost" ]; then
    renamed=1
  elif [ -s "$notes/misnamed" ]; then
    while read -r mac _; do
      now=$(interface_of "$mac")
      [ -z "$now" ] || routes_of "$mac" "$now"
    done <"$1" >"$notes/lost.new"
    mv -f "$notes/lost.new" "$notes/lost"
  fi
  refused=''
  while read -r mac name; do
    now=$(interface_of "$mac")
    if [ -z "$now" ] || [ "$now" = "$name" ]; then continue; fi
    if is_name "$name"; then rename "$name" "gatebox$((moved += 1))" || refused=$wrong; fi
    rename "$now" "$name" || refused=$wrong
  done <"$1"
  while read -r mac _; do
    now=$(interface_of "$mac")
    [ -z "$now" ] || ip link set dev "$now" up || true
  done <"$1"
  [ ! -e "$notes/lost" ] || put_routes "$notes/lost"
  rm -f "$1" "$notes/misnamed"
  if [ -n "$refused" ]; then
    wrong=$refused
    # Nobody sets them again later.
    [ ! -e "$notes/lost" ] || keep_routes "$notes/lost"
  fi
  [ -z "$refused" ]
}
moved=0 renamed=''

# Restarts programs that hold on to an interface by its name, if one was renamed: keepalived would stay a backup for ever.
restart_users() {
  [ -n "$renamed" ] || return 0
  for unit in keepalived.service conntrackd.service; do
    timeout 30 systemctl try-restart "$unit" 2>/dev/null || true
  done
}
