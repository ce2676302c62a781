
# ---- The lifecycle scripts that the base unit brings

# Seconds that each step of a tree may take. A tree whose steps wait for other hosts names a number of its own in lifecycle/limit.
limit_of() { # TREE
  tree_limit=''
  [ ! -f "$1/lifecycle/limit" ] || read -r tree_limit <"$1/lifecycle/limit" || :
  case $tree_limit in
  '' | *[!0-9]*) echo "$step_limit" ;;
  *) echo "$tree_limit" ;;
  esac
}

# Runs lifecycle/NAME of a tree, bounded in time, its words in $work/log. The script gets none of our locks: a daemon that
# it starts would keep them.
step() { # NAME TREE CURRENT PREVIOUS
  if [ -n "$interrupted" ] && [ -z "$returning" ]; then
    step_outcome='was not run: the transaction was interrupted'
    : >"$work/log"
    return 1
  fi
  limit=$(limit_of "$2")
  (
    cd "$2" || exit 1
    TREE=$2 CURRENT=$3 PREVIOUS=$4
    export TREE CURRENT PREVIOUS
    # By itself, before it does anything: we may be killed at any time.
    read -r own _ </proc/self/stat && echo "$own" >"$work/step"
    exec timeout -k "$kill_after" "$limit" sh -eu "lifecycle/$1"
  ) >"$work/log" 2>&1 </dev/null 8>&- 9>&- &
  child=$!
  await_child
  step_status=$?
  rm -f "$work/step"
  if [ -n "$interrupted" ] && [ -z "$returning" ]; then
    step_outcome='was interrupted'
    return 1
  fi
  case $step_status in
  0) return 0 ;;
  124 | 137) step_outcome="did not end within $limit s" ;;
  *) step_outcome="failed (exit $step_status)" ;;
  esac
  return 1
}

# Our process may have been killed while a step of it still runs: it must not meddle with what we do now. Its `timeout` passes
# our TERM on, and KILL after a while.
stop_orphan() {
  [ -f "$work/step" ] && read -r orphan <"$work/step" || return 0
  is_step "$orphan" || return 0
  kill -s TERM "$orphan" 2>/dev/null
  tries=0
  while is_step "$orphan"; do
    if [ "$tries" -ge 100 ]; then
      kill -s KILL -- "-$orphan" 2>/dev/null
      return
    fi
    sleep 0.1
    tries=$((tries + 1))
  done
}

is_step() { # PID
  { tr '\0' ' ' <"/proc/$1/cmdline" | grep -q ' lifecycle/'; } 2>/dev/null
}

# Records why the transaction fails: a sentence, then the program's own words. Not in a file: the disk may be full.
because() { # SENTENCE [LOG]
  failure=$1
  failure_words=''
  # Whatever the programs in there return (newer versions of iconv fail when they drop a byte).
  if [ -n "${2:-}" ]; then failure_words=$(last_words "$2") || :; fi
}

failure_text() {
  echo "$failure"
  [ -z "$failure_words" ] || printf '%s\n' "$failure_words"
}
