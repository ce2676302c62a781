#!/bin/sh
# Can Grafana run here as the staged tree $TREE declares? Changes nothing.
. ../shell/fail.sh
. ./version.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${home:?}" "${package:?}" "${address:?}" "${port:?}" "${data:?}" "${unit:?}"

[ -x "$home/bin/grafana" ] || fail "$home/bin/grafana is not on this host, though the package $package is: Gatebox runs Grafana 10 and later"
getent passwd grafana >/dev/null || fail "the user grafana is not on this host, though the package $package is: apt-get install --reinstall $package"
ip -o -4 address show | grep -qF " $address/" || fail "this host does not have the address $address, on which $unit is to listen"
holder=$(ss -Hltnp "sport = :$port" | awk -v address="$address" '
  { where = $4; sub(/:[^:]*$/, "", where) }
  (where == address || where == "*" || where == "0.0.0.0" || where == "[::]") && !index($0, "\"grafana\"") { print $4, $6; exit }
')
[ -z "$holder" ] || fail "$address:$port, where Grafana is to listen, is already taken: $holder"

# The nearest directory that is there.
there=$data
until [ -d "$there" ]; do there=${there%/*} && there=${there:-/}; done
kind=$(timeout 5 findmnt -n -o FSTYPE --target "$there") || kind=''
case $kind in
nfs* | cifs | smb* | fuse.* | ceph | gfs2 | ocfs2 | 9p)
  fail "$data, where Grafana keeps its database, is on a file system of kind $kind: SQLite takes a local disk only, as what a network writes to is soon damaged"
  ;;
esac

version=$(grafana_version)
[ -n "$version" ] || fail "$home/bin/grafana does not say which version it is: look for what the package $package is"
if [ -e "$data/grafana.db" ] && [ -s "$data/gatebox-version" ]; then
  last=$(cat "$data/gatebox-version")
  if dpkg --compare-versions "$version" lt "$last"; then
    fail "$data/grafana.db is of Grafana $last, and the package $package is $version, which cannot read it for sure: install $last or later, or move $data/grafana.db away (people's own dashboards and users are in it)"
  fi
fi
