#!/bin/sh
# Prints what `gatebox status` wants to know of a host, a fact in a line, from "gatebox-status 1" to "end". It arrives by standard
# input, runs as root, and changes nothing. (The probes that `up` goes by send packets of their own, so they are not for this.)
set -u
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH

live=${GATEBOX_ROOT:-}/etc/gatebox
state=${GATEBOX_ROOT:-}/var/lib/gatebox

# The last line of what a program has said, short and without what would end the line.
last_line() {
  tail -n 1 | tr -d '\000-\037\177' | cut -c 1-300
}

# The systemd units that a tree brings or adds to. Of a template there are as many as are asked for.
units_of() { # TREE
  sed -n 's,^/etc/systemd/system/\([^/ @]*\.\(service\|mount\|socket\|timer\|path\)\)\(\.d/[^ ]*\)\{0\,1\} .*,\1,p' \
    "$1/lifecycle/links" 2>/dev/null | sort -u
}

# The first unit that ought to be up and is not, with its state. A service that is not always started again, and does not remain,
# is called when there is something to do.
not_up() { # UNIT...
  timeout 3 systemctl show --property=Id,ActiveState,Restart,RemainAfterExit -- "$@" | awk -v RS= -F '\n' '
    {
      restart = "no"; remains = "no"
      for (i = 1; i <= NF; i++) {
        value = substr($i, index($i, "=") + 1)
        if ($i ~ /^Id=/) id = value
        if ($i ~ /^ActiveState=/) now = value
        if ($i ~ /^Restart=/) restart = value
        if ($i ~ /^RemainAfterExit=/) remains = value
      }
      called = (id ~ /\.service$/ && restart != "always" && remains == "no")
      if (now == "failed" || (now ~ /^(inactive|deactivating)$/ && !called)) { print id " is " now; exit }
    }'
}

assemblies() {
  for link in "$live"/*; do
    tree=$(readlink -f "$link") || continue
    if [ ! -L "$link" ] || [ ! -d "$tree" ]; then continue; fi
    name=${link##*/}
    echo "assembly $name $(stat -c %Y "$link")"
    [ ! -e "$state/$name/journal" ] || echo "interrupted $name"
    # How its last transaction ended, and what the last change was for; each is replaced as a whole.
    sed -n "s/^\\(changed\\|unit\\|last\\) \\([a-z0-9.-]\\{1,200\\}\\)\$/\\1 $name \\2/p" "$state/$name/record" 2>/dev/null | head -n 50
    units=$(units_of "$tree")
    # shellcheck disable=SC2086 # a list
    down=$([ -z "$units" ] || not_up $units)
    if [ -z "$down" ]; then echo "runs $name"; else echo "fails $name $down"; fi
  done
}

addresses() {
  timeout 2 ip -o address show | awk '$3 == "inet" || $3 == "inet6" { sub(/\/.*/, "", $4); print "address", $4 }'
}

# The alerts of the host's own Prometheus, as it says them: one line of JSON.
alerts() {
  settings=$live/prometheus/lifecycle/settings
  [ -r "$settings" ] || return 0
  # shellcheck source=/dev/null
  url=$(. "$settings" && echo "http://${address:?}:${port:?}${path:?}") &&
    said=$(curl -sS -m 3 --max-filesize 262144 "${url%/}/api/v1/alerts" 2>&1)
  case $? in
  0) echo "alerts $(printf '%s' "$said" | tr -d '\n')" ;;
  *) echo "no-alerts $(printf '%s\n' "$said" | last_line)" ;;
  esac
}

echo 'gatebox-status 1'
echo "clock $(date +%s)"
[ ! -e "$state/drained" ] || echo "drained $(stat -c %Y "$state/drained")"
addresses
alerts
assemblies
echo end
