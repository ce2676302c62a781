# shellcheck shell=sh
# What of a host's resolver is ours, and how it is put in place and taken back. Needs fail.sh.
resolv=/etc/resolv.conf hosts=/etc/hosts
# What the host had before; it outlasts every boot.
former=/var/lib/gatebox/resolver/former
hook=/etc/dhcp/dhclient-enter-hooks.d/gatebox
begin='# begin Gatebox: the names of the box' end='# end Gatebox'

# Prints /etc/hosts without our lines.
without_block() {
  awk -v begin="$begin" -v end="$end" '$0 == begin { ours = 1 } !ours { print } $0 == end { ours = 0 }' "$hosts"
}

# Writes FILE anew from standard input, where it says anything else. It keeps its mode, and never is half a file.
write_anew() { # FILE
  anew=$(mktemp "${1%/*}/.gatebox-resolver.XXXXXX") || fail "cannot write beside $1"
  cat >"$anew"
  if cmp -s "$anew" "$1" && ! [ -L "$1" ]; then
    rm -f "$anew"
    return 0
  fi
  if [ -f "$1" ] && ! [ -L "$1" ]; then chmod --reference="$1" "$anew"; else chmod 0644 "$anew"; fi
  mv -fT "$anew" "$1" 2>/dev/null || {
    rm -f "$anew"
    fail "$1 cannot be replaced: is it immutable (lsattr $1), or mounted by itself (findmnt $1)? Undo that first"
  }
}

is_ours() {
  [ -f "$resolv" ] && ! [ -L "$resolv" ] && head -n 1 "$resolv" | grep -q '^# Made by Gatebox '
}

# Keeps what the host has: a link as a link, so that systemd-resolved's is that again one day.
keep_former() {
  mkdir -p "$former.new"
  if [ -L "$resolv" ]; then
    readlink "$resolv" >"$former.new/link"
  elif [ -f "$resolv" ]; then
    cp -p "$resolv" "$former.new/file"
  fi
  if [ -f "$resolv" ]; then cat "$resolv" >"$former.new/text"; fi
  rm -rf "$former"
  mv -T "$former.new" "$former"
}

# Gives back what the host had. What somebody else has written since stays.
put_back() {
  rm -f "$hook"
  if is_ours; then
    if [ -f "$former/link" ]; then
      ln -sfn "$(cat "$former/link")" "$resolv.gatebox-new" && mv -fT "$resolv.gatebox-new" "$resolv"
    elif [ -f "$former/file" ]; then
      cp -p "$former/file" "$resolv.gatebox-new" && mv -fT "$resolv.gatebox-new" "$resolv"
    else
      rm -f "$resolv"
    fi
  elif [ -d "$former" ]; then
    echo "$resolv was written by somebody else since; it stays as it is"
  fi
  rm -rf "$former" "$former.new"
}
