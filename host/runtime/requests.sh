
# ---- Requests: whoever holds the lock handles all that are waiting, as one

# Makes our request visible.
publish() {
  tries=0
  while :; do
    mkdir -p "$base" && { [ -d "$base/requests" ] || mkdir -m 700 "$base/requests" 2>/dev/null; }
    chmod 0700 "$base/requests" 2>/dev/null
    published=$base/requests/$(date +%s%N)-$$
    mv -T "$request" "$published" 2>/dev/null && break
    # Another process may just have removed an empty assembly.
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || fail "cannot write to $base: no space left?"
  done
  request=$published
}

take_lock() { # SECONDS
  close_places && closed_file "$locks/$assembly.lock" && exec 9>"$locks/$assembly.lock" || fail "cannot write to $locks"
  attended flock -w "$1" 9 && [ -z "$interrupted" ] && return 0
  [ -z "$interrupted" ] || fail 'interrupted while waiting for another transaction on this host; nothing was changed'
  fail "another transaction on this host did not end within $1 s; nothing was changed"
}

# Whether the process that a request belongs to is gone.
abandoned() { # REQUEST
  [ "$1" != "$request" ] && [ -f "$1/waiter" ] && flock -n "$1/waiter" true
}

# What was received by processes that were killed may hold secrets.
clear_incoming() {
  for candidate in "$state/incoming"/*/; do
    if abandoned "${candidate%/}"; then rm -rf "$candidate"; fi
  done
  # Those of processes that were killed before they could hold anything.
  find "$state/incoming" -mindepth 1 -maxdepth 1 -mmin +60 ! -exec test -f '{}/waiter' \; -exec rm -rf '{}' +
}

# The unanswered requests of live processes, oldest first. Those of dead ones go.
pending() {
  for candidate in "$base/requests"/*/; do
    candidate=${candidate%/}
    [ -d "$candidate" ] || continue
    if abandoned "$candidate"; then
      rm -rf "$candidate"
    elif ! [ -f "$candidate/result" ]; then
      echo "$candidate"
    fi
  done
}

# Waits until no more requests arrive, but not for long: all of them then cost one activation.
gather() {
  arrived=0
  rounds=0
  while [ "$rounds" -lt 10 ]; do
    attended sleep "$gather_pause"
    set -- "$base/requests"/*
    [ $# -gt 1 ] && [ $# != "$arrived" ] || break
    arrived=$#
    rounds=$((rounds + 1))
  done
}

answer() { # STATUS TEXT REQUEST...
  answer_status=$1
  answer_text=$2
  shift 2
  [ "$answer_status" = 0 ] || failed_requests=$((failed_requests + $#))
  for answered; do
    { echo "$answer_status" && printf '%s\n' "$answer_text"; } >"$answered/result.new" 2>/dev/null &&
      mv -f "$answered/result.new" "$answered/result"
    [ "$answered" != "$request" ] || { own_status=$answer_status && own_text=$answer_text; }
  done
}

# Handles all that is pending. What fails together is tried one by one, so that only the bad one fails.
handle_pending() {
  all=$(pending)
  # shellcheck disable=SC2086 # paths of our own without blanks
  set -- $all
  [ $# -gt 0 ] || return 0
  attempt "$@" && return
  if [ $# -eq 1 ] || [ -n "$interrupted" ]; then
    [ $# -gt 1 ] || answer 1 "$(failure_text)" "$1"
    return
  fi
  for single in $(pending); do
    [ -z "$interrupted" ] || return
    attempt "$single" || answer 1 "$(failure_text)" "$single"
  done
}

# One transaction for the given requests; answers them unless it fails as a whole ($failure says why).
attempt() {
  from=''
  if [ -n "$current" ]; then from=$generations/$current; elif [ -d "$parked" ]; then from=$parked; fi
  errors=$(stage_from "$from" 2>&1) || {
    cannot_stage
    return 1
  }
  members=''
  for member; do
    errors=$(merge "$member" 2>&1)
    case $? in
    0) members="$members $member" ;;
    1) answer 1 "$errors" "$member" ;;
    *)
      cannot_stage
      return 1
      ;;
    esac
  done
  # shellcheck disable=SC2086 # paths of our own without blanks
  set -- $members
  [ $# -gt 0 ] || { rm -rf "$stage"; return 0; }
  if ! [ -f "$stage/lifecycle/activate" ]; then
    without_base "$@"
    return
  fi
  anew=''
  for member; do [ ! -e "$member/anew" ] || anew=1; done
  if [ -n "$anew" ]; then drop_strays "$stage" && unmask_own "$stage" || { cannot_stage; return 1; }; fi
  if [ -n "$current" ] && [ -z "$dirty" ] && [ -z "$anew" ] && same_tree "$from" "$stage" && each_link "$from" in_place; then
    rm -rf "$stage"
    keep_sums "$@"
    answer 0 unchanged "$@"
    return
  fi
  go_live || { rm -rf "$stage"; return 1; }
  dirty=''
  changed_by=''
  for member; do
    read -r _ merge_unit <"$member/index" && changed_by="$changed_by $merge_unit"
  done
  keep_sums "$@"
  answer 0 "live as generation $next" "$@"
}

# What no unit has is not what anybody has declared.
drop_strays() { # TREE
  errors=$({
    cat "$1"/.units/* | cut -d ' ' -f 1 | sort >"$work/owned" &&
      (cd "$1" && find . -path ./.units -prune -o ! -type d -printf '%P\n' | sort | comm -23 - "$work/owned" | xargs -r -d '\n' rm -f --)
  } 2>&1)
}

# What the tree brings to systemd is to run, whoever has masked it.
unmask_own() { # TREE
  own_units=$(sed -n 's,^/etc/systemd/system/\([^/ @]*\.\(service\|mount\|socket\|timer\|path\)\)\(\.d/[^ ]*\)\{0\,1\} .*,\1,p' \
    "$1/lifecycle/links" 2>/dev/null | sort -u)
  for own_unit in $own_units; do
    for masks in etc run; do
      masked=$root/$masks/systemd/system/$own_unit
      [ "$(readlink "$masked")" != /dev/null ] || { rm -f "$masked" && was_masked=1; } || return 1
    done
  done
  [ -z "${was_masked:-}" ] || ! systemd_runs || errors=$(timeout 20 systemctl daemon-reload 2>&1)
}

cannot_stage() {
  because "cannot stage the new tree: $errors"
  rm -rf "$stage"
}

# No unit in the stage brings a base: fragments cannot be applied, but they can be removed, and the base itself can.
without_base() {
  removals=''
  refused=''
  for member; do
    read -r verb <"$member/verb"
    if [ "$verb" = remove ]; then
      removals="$removals $member"
    else
      refused=1
      answer 1 "this host has no base of the assembly $assembly: apply the box's own stack first. If that has been done, the host has \
lost it since (it was installed anew, or $state was removed): write another text to machine of this host there, and apply it again" "$member"
    fi
  done
  # shellcheck disable=SC2086 # paths of our own without blanks
  set -- $removals
  [ $# -gt 0 ] || { rm -rf "$stage"; return 0; }
  if [ -n "$refused" ]; then
    attempt "$@"
    return
  fi
  go_down || { rm -rf "$stage"; return 1; }
  answer 0 removed "$@"
}

# Leaves nothing of ours behind; an assembly without anything in it vanishes.
leave() {
  cd /
  # A message begins with its cause.
  [ -z "$earlier" ] || printf '%s\n' "$earlier" >&2
  [ -z "$request" ] || rm -rf "$request"
  [ -n "${base:-}" ] || return 0
  rm -rf "$work"
  [ ! -e "$journal" ] || return 0
  [ -n "$current" ] || forget_record
  [ -e "$current_link" ] || rmdir "$generations" "$base/requests" "$base" 2>/dev/null
}

transact() { # VERB [anew]
  trap leave_unlocked EXIT
  receive "$1"
  # Before anybody sees the request.
  [ "${2:-}" != anew ] || : >"$request/anew" || fail 'cannot store the request'
  open_assembly
  publish
  take_lock "$lock_wait"
  trap leave EXIT
  find_current
  own_status=''
  if ! [ -f "$request/result" ]; then
    gather
    recover
    clear_incoming
    [ -n "$interrupted" ] || handle_pending
    [ -f "$request/result" ] || failed_requests=$((failed_requests + 1))
    keep_record
  fi
  report
}

leave_unlocked() {
  cd / && rm -rf "${request:-/nonexistent}"
}

report() {
  if [ -f "$request/result" ]; then
    { read -r own_status && own_text=$(cat); } <"$request/result"
  fi
  [ -n "$own_status" ] || fail "the transaction was interrupted; $(interrupted_text)"
  [ "$own_status" = 0 ] || fail "$own_text"
  echo "$own_text"
}

interrupted_text() {
  if [ -e "$journal" ]; then echo 'GOING BACK FAILED TOO'; else echo 'the configuration that was live still is'; fi
}
