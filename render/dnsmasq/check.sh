#!/bin/sh
# Does dnsmasq take what is in the staged tree $TREE, and is its place free? Changes nothing.
. ../shell/fail.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${unit:?}" "${addresses:?}"

takes() { # FILE ARGUMENTS...
  file=$1
  shift
  words=$(timeout 10 dnsmasq --test "$@" 2>&1 </dev/null) || fail "dnsmasq refuses $file: $(echo "$words" | tail -n 1)"
}
takes dnsmasq.conf --conf-file="$TREE/dnsmasq.conf"
# What is read again while it runs: what is wrong there would be passed over, with a line in the journal.
takes servers --conf-file="$TREE/servers"
staged=$(mktemp)
trap 'rm -f "$staged"' EXIT
sed 's/^/dhcp-host=/' "$TREE/leases" >"$staged"
takes leases --conf-file="$staged"

# Who listens where we are to: ADDRESS:PORT, and the program. One that is bound to another interface is not in the way.
own=$(systemctl show --property MainPID --value "$unit" 2>/dev/null) || own=0
holder_of() { # tcp|udp PORT ADDRESS INTERFACE
  case $1 in tcp) set -- -Hltnp "$@" ;; *) set -- -Hlunp "$@" ;; esac
  ss "$1" "sport = :$3" | awk -v address="$4" -v interface="$5" -v own="pid=${own:-0}," '
    {
      where = $4
      sub(/:[^:]*$/, "", where)
      bound = where
      if (!sub(/^[^%]*%/, "", bound)) bound = ""
      sub(/%.*/, "", where)
      if (bound != "" && bound != interface) next
      if ((where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && !index($0, own)) { print $4, $6; exit }
    }'
}

# What to do about it, by who it is.
advice_on() { # HOLDER
  case $1 in
  *'"systemd-resolve"'*) echo 'systemd-resolved: remove its DNSStubListenerExtra= (grep -r DNSStubListenerExtra /etc/systemd/resolved.conf*), its stub on 127.0.0.53 may stay' ;;
  *'"dnsmasq"'*) echo "another dnsmasq: \"systemctl disable --now dnsmasq.service\", or give it a listen-address of its own, and bind-interfaces" ;;
  *) echo 'stop it, or have it listen on other addresses' ;;
  esac
}

refuse() { # ADDRESS PORT HOLDER
  fail "$1:$2, where the box's name server is to listen, is already taken by $3; $(advice_on "$3")"
}

for address in $addresses; do
  interface=$(ip -o -4 address show | awk -v own="$address" '{ split($4, at, "/") } at[1] == own { print $2; exit }')
  [ -n "$interface" ] || fail "this host does not have the address $address, on which the box's name server is to listen"
  for protocol in udp tcp; do
    holder=$(holder_of "$protocol" 53 "$address" "$interface")
    [ -z "$holder" ] || refuse "$address" 53 "$holder"
  done
  case " ${dhcp:-} " in *" $address "*) ;; *) continue ;; esac
  holder=$(holder_of udp 67 "$address" "$interface")
  [ -z "$holder" ] || refuse "$address" 67 "$holder"
done
