#!/bin/sh
# drain: hands the virtual IPs of this host to others, and says when they are gone. drain off: it may have them again.
#
# It falls to the lowest priority, so another takes each address while this one still answers; there is no time without a
# holder. An address that nobody else can take stays, and is named. One that is given up at once (nopreempt) has to be answered
# for by another within two seconds, or this host has it again. A boot ends it as `off` does.
set -u

. ../shell/until.sh
. ./answers_within.sh

# Prints each virtual IP that is on this host, "NAME ADDRESS INTERFACE" a line.
held() {
  for file in /etc/gatebox/vip/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    read -r name address interface _ <"$file"
    [ -z "$(ip -o address show dev "$interface" to "${address%/*}" 2>/dev/null)" ] || echo "$name $address $interface"
  done
}

holds_none() {
  left=$(held) && [ -z "$left" ]
}

# Prints the names of those lines, each behind a blank.
names() {
  while read -r name _; do printf ' %s' "$name"; done
}

case ${1-} in
'') ;;
off)
  [ ! -e /var/lib/gatebox/drained ] || { echo 'this host was drained by gatebox drain; gatebox undrain ends that' >&2; exit 1; }
  echo 0 >/run/gatebox/vip/drain
  echo 'this host may have virtual IPs again'
  exit
  ;;
*)
  echo 'usage: drain [off]' >&2
  exit 2
  ;;
esac

systemctl is-active --quiet keepalived.service || { echo 'keepalived is not running' >&2; exit 1; }
had=$(held)
echo -253 >/run/gatebox/vip/drain
try_until 50 0.1 holds_none || {
  echo "no other host has taken:$(echo "$left" | names)" >&2
  exit 1
}
nobodys=$(echo "$had" | while read -r name address interface; do
  [ -z "$name" ] || answers_within 7 || echo "$name"
done)
if [ -n "$nobodys" ]; then
  echo 0 >/run/gatebox/vip/drain
  echo "no other host has taken:$(echo "$nobodys" | names); this host is drained no longer" >&2
  exit 1
fi
echo 'no virtual IP is on this host'
