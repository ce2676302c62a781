
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

# ---- Links from elsewhere into the live tree (lifecycle/links: "ABSOLUTE-PATH PATH-IN-TREE")

each_link() { # TREE FUNCTION
  [ -f "$1/lifecycle/links" ] || return 0
  while read -r link_path link_target; do
    [ -n "$link_path" ] || continue
    "$2" "$root$link_path" "$current_link/$link_target" || return 1
  done <"$1/lifecycle/links"
}

ours() { # PATH: a link into our assembly
  [ -L "$1" ] || return 1
  case $(readlink "$1") in "$current_link"/*) ;; *) return 1 ;; esac
}

check_link() {
  case $link_path/ in
  *[!A-Za-z0-9._@/-]* | *//* | */./* | */../* | [!/]*)
    echo "lifecycle/links: not a plain absolute path: $link_path"
    return 1
    ;;
  esac
  [ -f "$stage/$link_target" ] || { echo "lifecycle/links: $link_target is not in the tree"; return 1; }
  if { [ -e "$1" ] || [ -L "$1" ]; } && ! ours "$1"; then
    echo "$link_path exists and is not a link of Gatebox; move it away first"
    return 1
  fi
}

make_link() {
  [ "$(readlink "$1")" = "$2" ] && return 0
  mkdir -p "${1%/*}" && ln -sfn "$2" "$1.gatebox-new" && mv -fT "$1.gatebox-new" "$1"
}

drop_link() {
  if [ -n "$keep_tree" ] && grep -q "^$link_path " "$keep_tree/lifecycle/links" 2>/dev/null; then return 0; fi
  ours "$1" || return 0
  rm -f "$1" && rmdir --ignore-fail-on-non-empty "${1%/*}"
}

# Makes the links of one tree and drops those that only the other has. Either may be ''.
relink() { # TREE OTHER
  keep_tree=$1
  if [ -n "$2" ]; then each_link "$2" drop_link || return 1; fi
  if [ -n "$1" ]; then each_link "$1" make_link; fi
}
