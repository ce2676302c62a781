# shellcheck shell=sh
# Makes the files of a directory those of another: each is replaced at once, one that is right already stays, others go.
put_files() { # FROM TO MODE GROUP
  mkdir -p "$2"
  for from in "$1"/*; do
    [ -f "$from" ] || continue
    to=$2/${from##*/}
    if cmp -s "$from" "$to"; then continue; fi
    new=$(mktemp "$2/.new.XXXXXX")
    if ! { cat "$from" >"$new" && chgrp "$4" "$new" && chmod "$3" "$new" && mv -f "$new" "$to"; }; then
      rm -f "$new"
      return 1
    fi
  done
  for to in "$2"/* "$2"/.new.*; do
    [ -e "$1/${to##*/}" ] || rm -f "$to"
  done
}
