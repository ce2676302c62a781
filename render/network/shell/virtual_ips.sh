# shellcheck shell=sh
# Prints "ADDRESS INTERFACE" of each virtual IP that keepalived may put on this host.
virtual_ips() {
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ -f "$file" ] || continue
    read -r _ address interface _ <"$file"
    echo "$address $interface"
  done
}

# Prints each virtual IP that this host holds. Needs has.
held_virtual_ips() {
  virtual_ips | while read -r address interface; do
    ! has "$interface" "$address" || echo "$address"
  done
}
