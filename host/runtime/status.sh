
# ---- What is live, for comparing it with what is declared

status() { # [ASSEMBLY]
  if [ $# -gt 0 ]; then
    safe_name "$1" || fail "not the name of an assembly: $1"
    assembly=$1 && open_assembly && assembly_status
    return
  fi
  for place in "$state"/*/; do
    assembly=$(basename "$place")
    case $assembly in incoming | keys | repositories) continue ;; esac
    [ -d "$place" ] && open_assembly && assembly_status
  done
  return 0
}

# Lines: assembly NAME · generation N|none · interrupted · unit NAME · file UNIT PATH MODE-DECLARED MODE SHA256 ·
# missing UNIT PATH MODE-DECLARED · stray PATH · link PATH ok|missing|foreign · parked UNIT
assembly_status() {
  echo "assembly $assembly"
  echo "generation ${current:-none}"
  [ ! -e "$journal" ] || echo interrupted
  if [ -d "$parked/.units" ]; then find "$parked/.units" -type f -printf 'parked %f\n' | sort; fi
  [ -n "$current" ] || return 0
  tree=$generations/$current
  cd "$tree" || return 1
  {
    find . -path ./.units -prune -o -type f -printf 'mode %P 0%m\n'
    find . -path ./.units -prune -o -type f -printf '%P\n' | xargs -r sha256sum -- | awk '{ print "sum", $2, $1 }'
    for owner in .units/*; do
      [ ! -f "$owner" ] || sed "s,^,own ${owner#.units/} ," "$owner"
    done
  } | awk '
    $1 == "mode" { mode[$2] = $3 }
    $1 == "sum" { sum[$2] = $3 }
    $1 == "own" {
      if (!($2 in units)) { units[$2] = 1; print "unit", $2 }
      owned[$3] = 1
      if ($3 in mode) print "file", $2, $3, $4, mode[$3], sum[$3]; else print "missing", $2, $3, $4
    }
    END { for (path in mode) if (!(path in owned)) print "stray", path }
  ' | sort
  each_link "$tree" show_link
  cd /
}

show_link() {
  if in_place "$1" "$2"; then
    echo "link $link_path ok"
  elif [ -e "$1" ] || [ -L "$1" ]; then
    echo "link $link_path foreign"
  else
    echo "link $link_path missing"
  fi
}
