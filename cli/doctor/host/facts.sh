#!/bin/sh
# Prints what `gatebox doctor` wants to know of a host, a fact in a line, from "gatebox-facts 1" to "end". It arrives by standard
# input and changes nothing.
set -u
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH

# The first line of what a program has said, short.
first_line() {
  head -n 1 | cut -c 1-200
}

# As `up` does it: see asRoot.
as_root() {
  if [ "$(id -u)" = 0 ]; then timeout 2 "$@"; else timeout 2 sudo -n env "$@"; fi
}

root() {
  if [ "$(id -u)" = 0 ]; then
    echo 'root itself'
  elif ! command -v sudo >/dev/null; then
    echo 'root missing'
  elif said=$(as_root true 2>&1); then
    echo 'root sudo'
  else
    echo "root refused $(printf '%s\n' "$said" | first_line)"
  fi
}

distribution() {
  sed -n 's/^\(ID\|VERSION_ID\|PRETTY_NAME\)=/os \1 /p' /etc/os-release
}

system() {
  echo "init $(cat /proc/1/comm)"
  [ ! -d /run/systemd/system ] || echo systemd
  for program in apt-get ip; do
    command -v "$program" >/dev/null || echo "without $program"
  done
}

# A module that is there, or what of the kernel there is to load it from. Containers have no modules of their own.
nftables() {
  modules=/lib/modules/$(uname -r)
  if command -v nft >/dev/null; then
    if said=$(as_root nft list tables 2>&1); then echo 'nftables works'; else echo "nftables fails $(printf '%s\n' "$said" | first_line)"; fi
  elif grep -q '^nf_tables ' /proc/modules || grep -qs '/nf_tables\.ko' "$modules/modules.dep" "$modules/modules.builtin"; then
    echo 'nftables loadable'
  elif [ -f "$modules/modules.dep" ]; then
    echo "nftables missing $(uname -r)"
  fi
}

# link NAME MAC STATE KIND, with the permanent MAC of a NIC; KIND is "borrowed" of what only goes by the MAC of another.
links() {
  ip -d -o link show | awk '
    {
      own = permanent = ""
      state = "-"
      kind = "own"
      for (i = 3; i < NF; i++) {
        if ($i == "link/ether" && own == "") own = tolower($(i + 1))
        if ($i == "permaddr") permanent = tolower($(i + 1))
        if ($i == "state") state = $(i + 1)
        if ($i " " $(i + 1) ~ /^(vlan protocol|bridge forward_delay|bond mode|macvlan mode|macvtap mode)$/) kind = "borrowed"
      }
      sub(/[:@].*/, "", $2)
      mac = permanent == "" ? own : permanent
      print "link", $2, (mac == "" ? "-" : mac), state, kind
    }'
  ip -o address show | awk '$3 ~ /^inet6?$/ { print "address", $2, $4 }'
}

# Kilobytes and inodes that are free where `up` writes.
space() {
  for place in /var/lib /etc /usr; do
    df -Pk "$place" | awk -v place="$place" 'NR == 2 { print "space", place, $4 }'
    df -Pi "$place" | awk -v place="$place" 'NR == 2 && $2 > 0 { print "inodes", place, $4 }'
  done
}

# The clock first: what comes before it would make its time less certain.
facts() {
  echo 'gatebox-facts 1'
  echo "clock $(date +%s.%N)"
  root
  distribution
  system
  links
  space
  nftables
  echo end
}

facts </dev/null
