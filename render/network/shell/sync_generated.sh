# shellcheck shell=sh
# $notes: the directory of what the steps report to each other; gone after a boot.
: "${notes:?}"

# Makes the files that networkd reads those that netplan makes of all its files. A file with the same text is left alone:
# networkd takes a rewritten file for a changed one, and asks for a DHCP lease anew, say. Needs fail and generate.
sync_generated() {
  scratch=$notes/scratch
  # With what an attempt that was killed has left.
  rm -rf "$scratch" /run/systemd/network/.gatebox-new
  made=$scratch/run/systemd/network
  set --
  for file in /lib/netplan/*.yaml /etc/netplan/*.yaml /run/netplan/*.yaml; do
    if [ -f "$file" ]; then set -- "$@" "$file"; fi
  done
  output=$(generate "$scratch" "$@" 2>&1) || fail "netplan refuses the configuration: $output"
  mkdir -p "$made" /run/systemd/network
  for file in "$made"/10-netplan-*; do
    [ -f "$file" ] || continue
    cmp -s "$file" "/run/systemd/network/${file##*/}" && continue
    cp -p "$file" /run/systemd/network/.gatebox-new
    mv -f /run/systemd/network/.gatebox-new "/run/systemd/network/${file##*/}"
  done
  for file in /run/systemd/network/10-netplan-*; do
    [ -e "$made/${file##*/}" ] || rm -f "$file"
  done
  rm -rf "$scratch"
}
