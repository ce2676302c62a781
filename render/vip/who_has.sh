# shellcheck shell=sh
# Prints the hardware address that answers for ADDRESS on INTERFACE; nothing when nobody does. Whatever is sent to an IPv6
# address makes the kernel ask for its neighbour, three times, a second apart; what it knew from before may be out of date.
who_has() { # ADDRESS INTERFACE
  case $1 in
  *:*)
    ip -6 neighbour del "$1" dev "$2" 2>/dev/null || true
    printf x | timeout 2 socat -u - "UDP6-SENDTO:[$1]:9,so-bindtodevice=$2" 2>/dev/null || true
    tries=0
    until ip -6 neighbour show to "$1" dev "$2" | sed -n 's/.*lladdr \([0-9a-f:]*\).*/\1/p' | grep . || [ "$tries" -ge 20 ]; do
      tries=$((tries + 1))
      sleep 0.05
    done
    ;;
  *)
    timeout 5 arping -c 2 -w 1 -f -I "$2" "$1" 2>/dev/null | sed -n 's/.*\[\([0-9A-Fa-f:]*\)\].*/\1/p' | head -n 1
    ;;
  esac
}
