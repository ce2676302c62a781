/** Pieces of shell that the steps of a host's network share. */

/** What the steps tell each other; gone after a boot. */
export const hostNetworkNotes = "/run/gatebox/network";

/**
 * What stood before the first tree, until that tree is served. It lies beside the runtime's journal, for a host may be reset
 * meanwhile.
 */
export const hostNetworkBefore = "/var/lib/gatebox/network/before";

/** A file of netplan that is set aside gets this behind its name, so that netplan no longer reads it. */
export const setAside = ".gatebox-replaced";

export const failing = `fail() {
  echo "$*" >&2
  exit 1
}
`;

/** `interface_of MAC`. What only borrows a card's hardware address (a VLAN, a bridge, a bond) is passed over. */
export const interfaceOf = `# Prints the name of the interface with the hardware address MAC; nothing where there is none.
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
`;

/** `is_name NAME`: ip(8) would take another interface's alternative name for it as well. */
export const isName = `# Whether an interface has this name.
is_name() { # NAME
  [ -d "/proc/sys/net/ipv4/conf/$1" ]
}
`;

/** `holder_of NAME`: the kernel keeps alternative names apart from each other and from names. */
export const holderOf = `# Prints the interface that has NAME as an alternative name; nothing where there is none.
holder_of() { # NAME
  ip -o link show | awk -v wanted="$1" '
    {
      gsub(/\\\\/, " ")
      for (i = 3; i < NF; i++) {
        if ($i != "altname" || $(i + 1) != wanted) continue
        sub(/[:@].*/, "", $2)
        print $2
        exit
      }
    }'
}
`;

/**
 * `generate ROOT FILE…`: what netplan makes of these files. It never writes to the host itself, and it needs no udev. Of
 * files of one name it reads the one in /run/netplan, else that in /etc/netplan, else that in /lib/netplan.
 */
export const generate = `# Writes below ROOT what netplan makes of these files.
generate() { # ROOT FILE...
  mkdir -p "$1/etc/netplan"
  generated=$1
  shift
  for file; do
    mkdir -p "$generated\${file%/*}" && cp "$file" "$generated$file" || return 1
  done
  timeout 30 netplan generate --root-dir "$generated"
}

# Prints the files of netplan on this host, but for those that the tree replaces and its own.
others() { # TREE
  for file in /lib/netplan/*.yaml /etc/netplan/*.yaml /run/netplan/*.yaml; do
    if ! [ -f "$file" ] || [ "$file" = /etc/netplan/60-gatebox.yaml ] || grep -qxF "$file" "$1/replaces.list"; then continue; fi
    if [ "$file" != "/run/netplan/\${file##*/}" ] && [ -f "/run/netplan/\${file##*/}" ]; then continue; fi
    if [ "$file" = "/lib/netplan/\${file##*/}" ] && [ -f "/etc/netplan/\${file##*/}" ]; then continue; fi
    echo "$file"
  done
}
`;

/** `has NAME ADDRESS/LENGTH`: an IPv6 address counts once it is known that nobody else has it. */
export const has = `# Whether the interface NAME has the address.
has() { # NAME ADDRESS/LENGTH
  ip -o address show dev "$1" to "\${2%/*}" -tentative -dadfailed 2>/dev/null |
    awk -v length_="\${2#*/}" '{ sub(".*/", "", $4) } $4 == length_ { found = 1 } END { exit !found }'
}
`;

/** `family_of ADDRESS` */
export const family = `# Prints the option of ip(8) for the family of an address.
family_of() { # ADDRESS
  case $1 in *:*) echo -6 ;; *) echo -4 ;; esac
}
`;

/** `ways_out FAMILY`: a default route with a metric of its own is a reserve, and no concern of ours. IPv6 always has one. */
export const waysOut = `# Prints "VIA INTERFACE" of each default route with the usual metric, first the one in use ("-" for one without a next machine).
ways_out() { # FAMILY
  ip "$1" -o route show default | awk '
    {
      via = "-"; interface = ""; metric = 0
      for (i = 2; i < NF; i++) {
        if ($i == "via") via = $(i + 1)
        if ($i == "dev") interface = $(i + 1)
        if ($i == "metric") metric = $(i + 1)
      }
      if ($1 == "default" && (metric == 0 || metric == 1024)) print via, interface
    }'
}
`;
