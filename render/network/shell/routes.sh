# shellcheck shell=sh
# $notes: the directory of what the steps report to each other; gone after a boot.
: "${notes:?}"

# Prints the routes by an interface that somebody set, in any table, as ip(8) takes them. Those of router advertisements are
# not among them: ip(8) does not take their "expires 1799sec", which is another one a second later, and a router advertises
# them anew.
routes() { # FAMILY NAME
  ip "$1" -o route show table all dev "$2" | sed 's/ linkdown//; s/ dead//; s/ *$//' |
    awk '/^(local|broadcast|anycast|multicast) / || / (proto (kernel|ra)|table local|expires [0-9]+sec)( |$)/ { next } { print }'
}

# Prints "route MAC FAMILY ROUTE" for those of the interface NAME with the hardware address MAC.
routes_of() { # MAC NAME
  for family in -4 -6; do
    routes "$family" "$2" | sed "s/^/route $1 $family /"
  done
}

# Sets those routes of FILE ("route MAC FAMILY ROUTE") that are missing. Needs interface_of.
put_routes() { # FILE
  awk '$1 == "route" { print $2, $3 }' "$1" | sort -u | while read -r mac family; do
    name=$(interface_of "$mac")
    [ -n "$name" ] || continue
    routes "$family" "$name" >"$notes/there"
    sed -n "s/^route $mac $family //p" "$1" | grep -vxFf "$notes/there" | while read -r route; do
      # shellcheck disable=SC2086 # arguments of ip(8), as it printed them
      ip "$family" route append $route dev "$name" 2>/dev/null || true
    done
  done
  rm -f "$notes/there"
}
