
# ---- The payload of a unit

# Checks the payload's form and prints "ASSEMBLY UNIT", then "PATH MODE" for each file. Its errors give line numbers and
# never the lines, which may be secret.
payload_index() {
  awk '
    function refuse(why) { print "line " NR ": " why > "/dev/stderr"; refused = 1; exit 1 }
    function name(text) { return text ~ /^[a-z0-9][a-z0-9.-]*$/ }
    function path(text) {
      return text ~ /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)*$/ && text !~ /(^|\/)\.\.?(\/|$)/
    }
    ended { refuse("nothing may follow the end marker") }
    NR == 1 { if ($0 != "gatebox-unit 1") refuse("this runtime reads payloads of version 1 only"); next }
    NR == 2 { if (NF != 2 || $1 != "assembly" || !name($2)) refuse("expected \"assembly NAME\""); assembly = $2; next }
    NR == 3 { if (NF != 2 || $1 != "unit" || !name($2)) refuse("expected \"unit NAME\""); print assembly, $2; next }
    /^\|/ { if (!files) refuse("text before the first file"); next }
    /^file / {
      if (NF != 3 || !path($2)) refuse("not a path inside the tree")
      if ($3 !~ /^0[0-7][0-7][0-7]$/) refuse("not a mode such as 0644")
      if ($2 in seen) refuse("a file that was given before")
      seen[$2] = 1; files++
      print $2, $3; next
    }
    $0 == "end" { ended = 1; next }
    { refuse("neither a file, nor text, nor the end marker") }
    END { if (!refused && !ended) { print "cut short: the end marker is missing" > "/dev/stderr"; exit 1 } }
  ' "$1"
}

# Writes the payload's files below the current directory and prints how many bytes they must have.
payload_extract() {
  awk '
    /^\|/ { print substr($0, 2) > out; bytes += length($0); next }
    /^file / { if (out != "") close(out); out = "./" $2; printf "" > out }
    END { if (out != "") close(out); print bytes + 0 }
  ' "$1"
}

extract_files() {
  mkdir "$request/files" && cd "$request/files" || return 1
  awk '{ if (sub(/\/[^\/]*$/, "", $1)) print $1 }' ../list | sort -u | xargs -r mkdir -p -- &&
    expected_bytes=$(payload_extract ../payload) || return 1
  # Not every awk notices a full disk.
  written_bytes=$(find . -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')
  if [ "$written_bytes" != "$expected_bytes" ]; then
    echo "wrote $written_bytes of $expected_bytes bytes" >&2
    return 1
  fi
  # shellcheck disable=SC2013 # modes are words
  for mode in $(awk '{ print $2 }' ../list | sort -u); do
    awk -v mode="$mode" '$2 == mode { print $1 }' ../list | xargs -r chmod -- "$mode" || return 1
  done
  cd /
}

# Reads the whole payload from standard input into a request of our own: list (PATH MODE, sorted), files/ and verb.
receive() {
  verb=$1
  mkdir -p "$state/incoming" && chmod 700 "$state/incoming" || fail "cannot write to $state"
  request=$(mktemp -d "$state/incoming/XXXXXXXX") || fail "cannot write to $state"
  # The request counts for as long as this process holds its waiter file, which appears when it is held.
  closed_file "$request/waiter.new" && exec 8>"$request/waiter.new" && flock -n 8 && mv "$request/waiter.new" "$request/waiter" || fail 'cannot hold the request'
  errors=$({ cat >"$request/payload"; } 2>&1) || fail "cannot store the payload: $errors"
  errors=$({ payload_index "$request/payload" >"$request/index"; } 2>&1)
  case $? in
  0) ;;
  1) fail "the payload is refused: $errors" ;;
  *) fail "cannot store the payload: $errors" ;;
  esac
  read -r assembly unit <"$request/index" || fail 'cannot store the payload: no space left?'
  errors=$({ sed 1d "$request/index" | sort >"$request/list" && extract_files; } 2>&1) ||
    fail "cannot store the unit's files: $errors"
  echo "$verb" >"$request/verb" || fail "cannot store the request"
}
