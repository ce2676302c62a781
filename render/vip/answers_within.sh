# shellcheck shell=sh
# Whether another host answers for $address on $interface, which who calls has set. Each try takes 0.3 s at most. Whatever is sent to an IPv6 address
# makes the kernel ask for its neighbour; what it knew may be out of date.
answers_within() { # TRIES
  : "${address:?}" "${interface:?}"
  tries=0
  while [ "$tries" -lt "$1" ]; do
    tries=$((tries + 1))
    case $address in
    *:*)
      ip -6 neighbour del "${address%/*}" dev "$interface" 2>/dev/null || true
      printf x | timeout 1 socat -u - "UDP6-SENDTO:[${address%/*}]:9,so-bindtodevice=$interface" 2>/dev/null || true
      sleep 0.3
      ! ip -6 neighbour show to "${address%/*}" dev "$interface" | grep -q lladdr || return 0
      ;;
    *) ! timeout 0.3 arping -q -c 1 -f -I "$interface" "${address%/*}" >/dev/null 2>&1 || return 0 ;;
    esac
  done
  return 1
}
