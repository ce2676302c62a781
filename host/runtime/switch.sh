
# ---- Switching from one generation to the next, and back

# The names of one assembly's places, and the generation that is live ('' for none).
open_assembly() {
  base=$state/$assembly
  generations=$base/generations
  stage=$generations/.stage
  parked=$base/parked
  # In /run, which is memory: a full disk must not keep us from saying so.
  work=$locks/$assembly.work
  guard=$locks/$assembly.guard
  journal=$base/journal
  current_link=$live/$assembly
  placed=$live/.$assembly.placed
  find_current
}

find_current() {
  current=''
  if [ -L "$current_link" ]; then
    current=$(readlink "$current_link")
    current=${current##*/}
    [ -d "$generations/$current" ] || current=''
  fi
}

tree_of() { # GENERATION or '-'
  [ "$1" = - ] || echo "$generations/$1"
}

next_generation() {
  newest=0
  for generation in "$generations"/*; do
    if [ -d "$generation" ] && [ "${generation##*/}" -gt "$newest" ]; then newest=${generation##*/}; fi
  done
  echo $((newest + 1))
}

# Makes a tree that is about to be named in the journal outlast a power cut.
persist() {
  timeout 20 sync -f "$1" 2>/dev/null || sync
}

open_journal() { # PREVIOUS NEXT
  closed_file "$journal.new" && echo "$1 $2" >"$journal.new" && sync "$journal.new" && mv -f "$journal.new" "$journal" && sync "$base"
}

# Only a transaction whose end is on the disk may be reported as done: an old journal would undo it.
close_journal() {
  sync "$live" 2>/dev/null
  rm -f "$journal" && sync "$base"
}

point_to() { # GENERATION
  mkdir -p "$live" && rm -f "$live/.$assembly.new" && ln -s "$generations/$1" "$live/.$assembly.new" &&
    mv -fT "$live/.$assembly.new" "$current_link"
}

# Checks the stage, makes it the next generation and sees that it is served. Fails with everything as it was before.
go_live() {
  errors=$(each_link "$stage" check_link) || { because "$errors"; return 1; }
  step check "$stage" "$current_link" '' || {
    because "lifecycle/check $step_outcome; the configuration that was live still is" "$work/log"
    return 1
  }
  next=$(next_generation)
  previous=${current:--}
  mv -T "$stage" "$generations/$next" && persist "$generations/$next" && open_journal "$previous" "$next" || {
    rm -rf "${generations:?}/$next" "$journal.new"
    because 'cannot store the new generation: no space left?'
    return 1
  }
  if switch_over; then
    commit
    return 0
  fi
  if ! go_back "$previous" "$next"; then
    also_because
  elif [ "$previous" = - ]; then
    failure="$failure; there was nothing before it, so nothing is served"
  else
    failure="$failure; the configuration that was live before serves again"
  fi
  return 1
}

also_because() {
  failure_words="$failure_words
GOING BACK FAILED TOO: $back_failure
$(last_words "$work/log")"
}

switch_over() {
  tree=$generations/$next
  before=$(tree_of "$previous")
  arm_guard "$tree" || { because 'cannot arm the guard of the way in' "$work/log"; return 1; }
  { point_to "$next" && relink "$tree" "$before" && read_units_anew; } 2>"$work/log" || { because 'cannot switch over' "$work/log"; return 1; }
  step activate "$tree" "$current_link" "$before" || { because "lifecycle/activate $step_outcome" "$work/log"; return 1; }
  way_in_open "$tree" || { because "the operator's own SSH connection stopped answering"; return 1; }
  step probe "$tree" "$current_link" "$before" || { because "lifecycle/probe $step_outcome" "$work/log"; return 1; }
}

# Where files of systemd's were put back that no script sees a change of.
read_units_anew() {
  [ -z "${anew:-}" ] || ! systemd_runs || timeout 20 systemctl daemon-reload
}

commit() {
  close_journal
  disarm_guard
  rm -rf "$parked"
  find_current
  prune "$previous"
}

# Removes all generations but the live one and the given one.
prune() { # GENERATION or '-'
  for generation in "$generations"/*; do
    case ${generation##*/} in "$current" | "$1") ;; *) rm -rf "$generation" ;; esac
  done
}

# The generation before the live one, or '-'.
generation_before() {
  newest=0
  for generation in "$generations"/*; do
    number=${generation##*/}
    if [ -d "$generation" ] && [ "$number" -lt "${current:-0}" ] && [ "$number" -gt "$newest" ]; then newest=$number; fi
  done
  [ "$newest" = 0 ] && echo - || echo "$newest"
}

# Puts PREVIOUS back after a switch to NEXT that failed or was cut off. NEXT is '-' where the base was being removed.
go_back() { # PREVIOUS NEXT
  returning=1
  back_failure=''
  if [ "$1" != - ]; then
    back_to "$generations/$1" "$(tree_of "$2")" "$1"
  else
    back_to_nothing "$generations/$2"
  fi
  returning=''
  find_current
  [ -z "$back_failure" ] || return 1
  close_journal
  disarm_guard
  [ "$2" = - ] || rm -rf "${generations:?}/$2"
}

back_to() { # TREE OTHER GENERATION
  if ! { point_to "$3" && relink "$1" "$2"; } 2>"$work/log"; then
    back_failure='cannot switch back'
  elif ! step activate "$1" "$current_link" "$2"; then
    back_failure="lifecycle/activate of the previous configuration $step_outcome"
  elif ! step probe "$1" "$current_link" "$2"; then
    back_failure="lifecycle/probe of the previous configuration $step_outcome"
  fi
}

back_to_nothing() { # OTHER
  step deactivate "$1" "$current_link" '' || back_failure="lifecycle/deactivate $step_outcome"
  relink '' "$1" && rm -f "$current_link" || back_failure="${back_failure:-cannot remove the links}"
}

# The base is gone from the stage: stops what is live and keeps the fragments for the day it returns.
go_down() {
  if [ -n "$current" ]; then
    open_journal "$current" - || { because 'cannot write the journal: no space left?'; return 1; }
    going=$generations/$current
    if ! { step deactivate "$going" "$current_link" '' && relink '' "$going"; }; then
      because "lifecycle/deactivate $step_outcome" "$work/log"
      go_back "$current" - || also_because
      return 1
    fi
    rm -f "$current_link"
  fi
  park || { because 'cannot keep the fragments'; return 1; }
  close_journal
  find_current
  rm -rf "$generations"
}

park() {
  rm -rf "$parked.old"
  if [ -d "$parked" ]; then mv -T "$parked" "$parked.old" || return 1; fi
  if ! rmdir "$stage/.units" 2>/dev/null; then mv -T "$stage" "$parked" || return 1; fi
  rm -rf "$parked.old" "$stage"
}

# Puts in order what a killed process left. Sets dirty where the live configuration is not known to be served.
recover() {
  dirty=''
  stop_orphan
  rm -rf "$work" "$stage"
  mkdir -p "$work" || fail "cannot write to $locks"
  if [ -d "$parked.old" ] && ! [ -d "$parked" ]; then mv -T "$parked.old" "$parked"; fi
  if read -r previous next 2>/dev/null <"$journal"; then
    cut_off=1
    go_back "$previous" "$next" || {
      dirty=1
      earlier="gatebox: $host: $assembly: an earlier transaction was cut off, and going back failed: $back_failure
$(last_words "$work/log")"
    }
    return
  fi
  prune "$(generation_before)"
  [ -z "$current" ] || rm -rf "$parked"
}
