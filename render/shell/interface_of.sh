# shellcheck shell=sh
# Prints the name of the interface with the hardware address MAC (lower case); nothing where there is none. What only borrows
# a NIC's hardware address (a VLAN, a bridge, a bond, a macvlan) is passed over.
interface_of() { # MAC
  ip -d -o link show | awk -v wanted="$1" '
    {
      own = permanent = borrowed = ""
      for (i = 3; i < NF; i++) {
        if ($i == "link/ether" && own == "") own = tolower($(i + 1))
        if ($i == "permaddr") permanent = tolower($(i + 1))
        if ($i " " $(i + 1) ~ /^(vlan protocol|bridge forward_delay|bond mode|macvlan mode|macvtap mode)$/) borrowed = 1
      }
      if (borrowed || (permanent == "" ? own : permanent) != wanted) next
      sub(/[:@].*/, "", $2)
      print $2
      exit
    }'
}
