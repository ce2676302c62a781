
# ---- Staging a new tree beside the live one

# A new tree is made of hard links to the old one; files are only ever replaced, never written through a link.
stage_from() { # TREE or ''
  rm -rf "$stage"
  mkdir -p "$generations" || return 1
  if [ -n "$1" ]; then
    cp -al "$1" "$stage"
  else
    mkdir "$stage"
  fi && mkdir -p "$stage/.units"
}

# Puts one request into the stage. 0: done; 1: refused, for the reason that it prints; 2: failed.
merge() { # REQUEST
  read -r merge_verb <"$1/verb" && read -r _ merge_unit <"$1/index" || return 2
  owned=$stage/.units/$merge_unit
  [ -f "$owned" ] || : >"$owned" || return 2
  if [ "$merge_verb" = remove ]; then : >"$1/list" || return 2; fi
  awk -v added="$work/added" -v gone="$work/gone" '
    FILENAME == ARGV[1] { old[$1] = 1; next }
    { new[$1] = 1; if (!($1 in old)) print $1 > added }
    END { for (path in old) if (!(path in new)) print path > gone }
  ' "$owned" "$1/list" || return 2
  merge_status=0
  if [ -s "$work/added" ]; then refuse_foreign; fi
  if [ "$merge_status" = 0 ]; then replace_files "$1" || merge_status=2; fi
  rm -f "$work/added" "$work/gone"
  [ -s "$owned" ] || rm -f "$owned"
  return "$merge_status"
}

# Refuses a file that is already there: another unit has it (or, if nobody has, it must not be lost either).
refuse_foreign() {
  while read -r path; do
    if [ -e "$stage/$path" ]; then
      owner=$(cd "$stage/.units" && awk -v path="$path" '$1 == path || index($1, path "/") == 1 { print FILENAME; exit }' ./*)
      if [ -n "$owner" ]; then
        echo "$path belongs to the unit ${owner#./}; the unit $merge_unit cannot have it too"
      else
        echo "$path is on the host already and belongs to no unit; remove $current_link/$path by hand if it may go"
      fi
      merge_status=1
      return
    fi
  done <"$work/added"
}

replace_files() { # REQUEST
  if [ -s "$work/gone" ]; then
    (cd "$stage" && xargs rm -f -- <"$work/gone" &&
      sed -n 's,/[^/]*$,,p' "$work/gone" | sort -u | xargs -r rmdir -p --ignore-fail-on-non-empty -- 2>/dev/null)
    # Parents that other files still use stay.
  fi
  rm -f "$owned"
  if [ -s "$1/list" ]; then
    cp -al --remove-destination "$1/files/." "$stage/" && cp "$1/list" "$owned"
  else
    : >"$owned"
  fi
}

# Whether two trees have the same files with the same text and the same modes.
same_tree() {
  diff -rq --no-dereference "$1" "$2" >/dev/null 2>&1 && [ "$(tree_modes "$1")" = "$(tree_modes "$2")" ]
}

tree_modes() {
  (cd "$1" && find . -path ./.units -prune -o -printf '%P %m\n' | sort)
}

# ---- Files of the live tree in other places (lifecycle/links: "ABSOLUTE-PATH PATH-IN-TREE")
#
# They are copies: what systemd and sysctl read, they read before /var is mounted, where that is a file system of its own. A
# file that is wanted in several places is a copy in the first; the others are links to it (in systemd's *.wants, say).

each_link() { # TREE FUNCTION
  [ -f "$1/lifecycle/links" ] || return 0
  while read -r link_path link_target link_first; do
    [ -n "$link_path" ] || continue
    "$2" "$root$link_path" "$1/$link_target" || return 1
  done <<LINKS
$(awk 'NF { if (!($2 in first)) first[$2] = $1; print $1, $2, first[$2] }' "$1/lifecycle/links")
LINKS
}

# Whether a link is one of ours; earlier versions made them into the live tree.
our_link() { # PATH
  link_end=$(readlink "$1")
  case $link_end in "$current_link"/* | "$root$link_first") ;; *) return 1 ;; esac
}

named_by() { # TREE
  grep -q "^$link_path " "$1/lifecycle/links" 2>/dev/null
}

in_place() { # PATH FILE
  if [ "$link_path" = "$link_first" ]; then
    [ -f "$1" ] && ! [ -L "$1" ] && cmp -s "$2" "$1"
  else
    [ "$(readlink "$1")" = "$root$link_first" ]
  fi
}

# Whether a file is what an earlier self of ours has left here, of which this host knows nothing any more: its state was lost, or
# what is on its disk has come from another one. It is the very file that is to be there, or the one that was last placed there,
# or says that it is of ours, and no other assembly has it.
left_by_us() { # PATH FILE
  [ -z "$current" ] && [ -f "$1" ] || return 1
  cmp -s "$2" "$1" || was_placed "$1" || grep -qE '/etc/gatebox/|Gatebox' "$1" || return 1
  ! grep -qs "^$link_path " "$live"/*/lifecycle/links
}

was_placed() { # PATH
  [ -f "$placed" ] && echo "$(sha256sum <"$1" | cut -d ' ' -f 1) $link_path" | grep -qxFf - "$placed"
}

# What is placed where, for a host that loses its state. It does without, and then takes over less: a full disk fails elsewhere.
keep_placed() { # TREE or ''
  rm -f "$placed" "$placed.new"
  [ -f "$1/lifecycle/links" ] || return 0
  (umask 077 && each_link "$1" print_placed >"$placed.new" && mv -f "$placed.new" "$placed") 2>/dev/null || rm -f "$placed.new"
}

print_placed() { # PATH FILE
  [ "$link_path" != "$link_first" ] || echo "$(sha256sum <"$2" | cut -d ' ' -f 1) $link_path"
}

# What the live tree names is ours, whatever became of it.
check_link() {
  case $link_path/ in
  *[!A-Za-z0-9._@/-]* | *//* | */./* | */../* | [!/]*)
    echo "lifecycle/links: not a plain absolute path: $link_path"
    return 1
    ;;
  esac
  [ -f "$2" ] || { echo "lifecycle/links: $link_target is not in the tree"; return 1; }
  if [ -L "$1" ]; then
    our_link "$1" && return 0
  elif ! [ -e "$1" ] || { [ -n "$current" ] && named_by "$generations/$current"; } || left_by_us "$1" "$2"; then
    return 0
  fi
  echo "$link_path exists and is not Gatebox's; move it away first"
  return 1
}

make_link() {
  # Of an attempt that was killed.
  rm -f "$1.gatebox-new"
  in_place "$1" "$2" && return 0
  mkdir -p "${1%/*}" || return 1
  if [ "$link_path" = "$link_first" ]; then
    cp --preserve=mode "$2" "$1.gatebox-new" && sync "$1.gatebox-new"
  else
    ln -s "$root$link_first" "$1.gatebox-new"
  fi && mv -fT "$1.gatebox-new" "$1"
}

drop_link() {
  if [ -n "$keep_tree" ] && named_by "$keep_tree"; then return 0; fi
  rm -f "$1.gatebox-new"
  if [ -L "$1" ]; then our_link "$1" || return 0; fi
  rm -f "$1" || return 1
  ! [ -d "${1%/*}" ] || rmdir --ignore-fail-on-non-empty "${1%/*}"
}

# Puts the files of one tree in their places and drops those that only the other has. Either may be ''.
relink() { # TREE OTHER
  keep_tree=$1
  if [ -n "$2" ]; then each_link "$2" drop_link || return 1; fi
  if [ -n "$1" ]; then each_link "$1" make_link || return 1; fi
  keep_placed "$1"
}
