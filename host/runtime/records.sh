
# ---- What has become of transactions, and whether what they have made is still there: for whoever watches hosts
#
#   /var/lib/gatebox/ASSEMBLY/record   replaced as a whole at the end of each transaction; lines as `records` prints them
#   /var/lib/gatebox/ASSEMBLY/sums     a file for each unit, "PATH SHA256" of what it was last applied with
#
# An assembly that is not live has neither.

# How many requests failed in this process, whether an earlier one was found cut off, and the units of the last change.
failed_requests=0
cut_off=0
changed_by=''

# Called with the lock held, when all that was pending has been answered. A disk that is full keeps no transaction from its end.
keep_record() {
  rm -f "$base/sums.new"
  [ -n "$current" ] || { forget_record; return; }
  record=$(new_record)
  # Whoever can open a file can lock it.
  (umask 077 && printf '%s\n' "$record" >"$base/record.new") && mv -f "$base/record.new" "$base/record" ||
    rm -f "$base/record.new"
} 2>/dev/null

new_record() {
  if [ -n "$changed_by" ]; then
    date '+changed %s'
    # shellcheck disable=SC2086 # names of units
    printf 'unit %s\n' $changed_by
  else
    grep -E '^(changed|unit) ' "$base/record"
  fi
  failed_before=$(sed -n 's/^failed \([0-9][0-9]*\)$/\1/p' "$base/record")
  echo "failed $((${failed_before:-0} + failed_requests + cut_off))"
  if [ "$failed_requests" = 0 ]; then echo 'last ok'; else echo 'last failed'; fi
}

forget_record() {
  rm -rf "$base/record" "$base/record.new" "$base/sums" "$base/sums.new"
}

# Keeps what these requests are applied with.
keep_sums() { # REQUEST...
  for kept; do
    read -r _ kept_unit <"$kept/index" && (
      umask 077
      mkdir -p "$base/sums" && rm -f "$base/sums/$kept_unit" && [ -s "$kept/list" ] && cd "$kept/files" &&
        cut -d ' ' -f 1 ../list | xargs sha256sum -- | awk '{ print $2, $1 }' >"$base/sums.new" &&
        # Not every awk notices a full disk.
        [ "$(wc -l <"$base/sums.new")" = "$(wc -l <../list)" ] && mv -f "$base/sums.new" "$base/sums/$kept_unit"
    )
  done 2>/dev/null
  return 0
}

# Lines for each assembly that is live: assembly NAME · generation N · changed SECONDS (since 1970) · unit NAME (of those that
# the last change was for) · failed COUNT · last ok|failed · drifted COUNT. A transaction that is under way is waited for, but
# not for long; what it leaves unknown is not printed.
records() {
  for place in "$state"/*/; do
    assembly=$(basename "$place")
    case $assembly in incoming | keys) continue ;; esac
    # In a process of its own, which ends with the lock.
    [ -d "$place" ] && open_assembly && [ -n "$current" ] && (assembly_record)
  done
  return 0
}

assembly_record() {
  close_places && closed_file "$locks/$assembly.lock" && exec 9>"$locks/$assembly.lock" && flock -w 2 9 || return 0
  find_current
  [ -n "$current" ] || return 0
  echo "assembly $assembly"
  echo "generation $current"
  if [ ! -e "$journal" ]; then
    cat "$base/record" 2>/dev/null
  else
    # Whoever was at work on it is gone.
    grep -v '^last ' "$base/record" 2>/dev/null
    echo 'last failed'
  fi
  { cat "$base/sums"/* 2>/dev/null | sed 's/^/sum /'; assembly_status; } | awk '
    $1 == "sum" { sum[$2] = $3 }
    $1 == "file" { drifted += ($4 != $5 || (($3 in sum) && sum[$3] != $6)) }
    $1 == "missing" || $1 == "stray" { drifted++ }
    $1 == "link" { drifted += ($3 != "ok") }
    END { print "drifted", drifted + 0 }
  '
}
