# shellcheck shell=sh
# Writes a file anew from standard input, unless that is what it says; it keeps its mode.
write_again() { # FILE
  again=${1%/*}/.gatebox-new
  cp -p "$1" "$again"
  cat >"$again"
  if cmp -s "$1" "$again"; then rm -f "$again"; else mv -f "$again" "$1"; fi
}

# Sets aside what the tree replaces: a whole file of netplan, of one of ifupdown the lines about our interfaces. With it
# goes what cloud-init, which is stopped, left elsewhere. Needs interface_of, without_stanzas and put_cloud_init_aside.
put_aside() { # TREE
  while read -r file; do
    [ -f "$file" ] || continue
    case $file in
    /etc/network/*)
      set -- "$1"
      while read -r name mac _; do
        set -- "$@" "$name" "$(interface_of "$mac")"
      done <"$1/interfaces.list"
      (shift && without_stanzas "$file" "$@") | write_again "$file"
      ;;
    *) mv -f "$file" "$file.gatebox-replaced" ;;
    esac
  done <"$1/replaces.list"
  put_cloud_init_aside "$1"
}

# Puts back what TREE replaced and KEPT (a tree, or nothing) does not. Needs with_stanzas and put_cloud_init_back.
put_back() { # TREE KEPT
  [ -n "$2" ] || put_cloud_init_back
  while read -r file; do
    if [ -n "$2" ] && grep -qxF "$file" "$2/replaces.list"; then continue; fi
    case $file in
    /etc/network/*) [ ! -f "$file" ] || with_stanzas "$file" | write_again "$file" ;;
    *) [ ! -f "$file.gatebox-replaced" ] || mv -f "$file.gatebox-replaced" "$file" ;;
    esac
  done <"$1/replaces.list"
}

# Removes the files of TREE that KEPT (a tree, or nothing) does not have.
remove_files() { # TREE KEPT
  while read -r _ place _; do
    if [ -n "$2" ] && awk -v place="$place" '$2 == place { found = 1 } END { exit !found }' "$2/files.list"; then continue; fi
    rm -f "$place" "$place.gatebox-new"
    case $place in
    */gatebox.conf) rmdir --ignore-fail-on-non-empty "${place%/*}" 2>/dev/null || true ;;
    # Made by us on a host that has no cloud-init.
    /etc/cloud/*) rmdir -p --ignore-fail-on-non-empty "${place%/*}" 2>/dev/null || true ;;
    esac
  done <"$1/files.list"
}
