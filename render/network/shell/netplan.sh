# shellcheck shell=sh
# Writes below ROOT what netplan makes of these files. It never writes to the host itself, and needs no udev.
generate() { # ROOT FILE...
  mkdir -p "$1/etc/netplan"
  generated=$1
  shift
  for file; do
    mkdir -p "$generated${file%/*}" && cp "$file" "$generated$file" || return 1
  done
  timeout 30 netplan generate --root-dir "$generated"
}

# Prints the files of netplan on this host, but for those that the tree replaces and its own. Of files of one name netplan reads
# the one in /run/netplan, else that in /etc/netplan, else that in /lib/netplan.
other_netplan_files() { # TREE
  for file in /lib/netplan/*.yaml /etc/netplan/*.yaml /run/netplan/*.yaml; do
    if ! [ -f "$file" ] || [ "$file" = /etc/netplan/60-gatebox.yaml ] || grep -qxF "$file" "$1/replaces.list"; then continue; fi
    if [ "$file" != "/run/netplan/${file##*/}" ] && [ -f "/run/netplan/${file##*/}" ]; then continue; fi
    if [ "$file" = "/lib/netplan/${file##*/}" ] && [ -f "/etc/netplan/${file##*/}" ]; then continue; fi
    echo "$file"
  done
}
