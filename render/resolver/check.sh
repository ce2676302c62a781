#!/bin/sh
# Can this host resolve names as the staged tree $TREE says? Changes nothing.
. ../shell/fail.sh
. ./places.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${own_name:?}" "${short_name:?}"

# What is asked first.
order=$(sed -n 's/#.*//; s/^[[:blank:]]*hosts:[[:blank:]]*//p' /etc/nsswitch.conf 2>/dev/null | head -n 1)
case $(echo "$order" | tr -s '[:blank:]' '\n' | grep -xE 'files|dns|resolve' | tr '\n' ' ') in
'files '*) ;;
*files*) fail "/etc/nsswitch.conf asks name servers before /etc/hosts (hosts: $order), and the box's names would be lost with these: write files first" ;;
*) fail "/etc/nsswitch.conf does not look into /etc/hosts (hosts: ${order:-nothing}), where the box's names are: write \"hosts: files dns\"" ;;
esac

# Who writes /etc/hosts anew at each boot would take the names away.
if grep -rqsE '^[[:blank:]]*manage_etc_hosts:[[:blank:]]*["'\'']?([Tt]rue|template)' /etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d; then
  fail 'cloud-init writes /etc/hosts anew at each boot (manage_etc_hosts: true in /etc/cloud): write "manage_etc_hosts: localhost" into /etc/cloud/cloud.cfg.d/90-hosts.cfg, and take the other line away'
fi

# A line of somebody else that says an address which the host does not have, of the same family, and comes first. The host's own name may be its loopback.
other=$(without_block 2>/dev/null | awk -v block="$TREE/known" -v own="$own_name" -v short="$short_name" '
  function family(of) { return index(of, ":") ? 6 : 4 }
  BEGIN {
    while ((getline line <block) > 0) {
      count = split(line, word, " ")
      for (i = 2; i <= count; i++) {
        key = word[i] " " family(word[1])
        said[key] = said[key] " " word[1] " "
      }
    }
  }
  {
    sub(/#.*/, "")
    for (i = 2; i <= NF; i++) {
      key = tolower($i) " " family($1)
      if (!(key in said) || index(said[key], " " $1 " ")) continue
      if ((tolower($i) == own || tolower($i) == short) && ($1 ~ /^127\./ || $1 == "::1")) continue
      print $i " is " $1 " there, and" said[key] "in the box"
      exit
    }
  }' | tr -s ' ')
[ -z "$other" ] || fail "/etc/hosts has a line of its own that contradicts the stack: $other; remove one of the two"

[ -f "$TREE/resolv.conf" ] || exit 0
is_ours && exit 0
case $(readlink "$resolv" 2>/dev/null || true) in
*NetworkManager*) by=NetworkManager ;;
*run/resolvconf/* | */resolvconf/run/*) by=resolvconf ;;
*) by=$(sed -n '/^#.*NetworkManager/ { s/.*/NetworkManager/p; q; }; /^#.*resolvconf/ { s/.*/resolvconf/p; q; }' "$resolv" 2>/dev/null || true) ;;
esac
case $by in
NetworkManager) fail "NetworkManager writes $resolv: write \"[main]\" and \"dns=none\" into /etc/NetworkManager/conf.d/90-dns.conf, have it read that (systemctl reload NetworkManager), and remove $resolv" ;;
resolvconf) fail "resolvconf writes $resolv: remove the package (apt-get remove resolvconf openresolv)" ;;
esac
