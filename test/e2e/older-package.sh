# Goes back to an older version of netbase than any archive has: a package of its name that holds nothing. Its conffiles stay.
work=$(mktemp -d)
mkdir "$work/netbase" "$work/netbase/DEBIAN"
printf '%s\n' 'Package: netbase' 'Version: 1.0' 'Architecture: all' 'Maintainer: nobody <nobody@localhost>' \
  'Description: an older one' >"$work/netbase/DEBIAN/control"
dpkg-deb --build "$work/netbase" "$work/netbase.deb" >/dev/null
dpkg --force-downgrade --force-confold -i "$work/netbase.deb" >/dev/null 2>&1
rm -r "$work"
