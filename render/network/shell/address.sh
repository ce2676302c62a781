# shellcheck shell=sh
# Whether the interface NAME has the address. One of IPv6 counts once it is known that nobody else has it.
has() { # NAME ADDRESS/LENGTH
  ip -o address show dev "$1" to "${2%/*}" -tentative -dadfailed 2>/dev/null |
    awk -v length_="${2#*/}" '{ sub(".*/", "", $4) } $4 == length_ { found = 1 } END { exit !found }'
}

# Prints the option of ip(8) for the family of an address.
family_of() { # ADDRESS
  case $1 in *:*) echo -6 ;; *) echo -4 ;; esac
}
