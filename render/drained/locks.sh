# shellcheck shell=sh
# The locks that keep a drain, an `up` and another drain of this host from each other. They are held by open files: whatever becomes
# of this process, none stays. Needs `stop_with`.
: "${locks:?}"

# Whoever can open a lock, if only to read it, can hold it for ever.
open_lock() { # NUMBER NAME
  (umask 077 && mkdir -p "$locks" && : >>"$locks/$2.lock") && chmod 0600 "$locks/$2.lock" && eval "exec $1>>\"\$locks/\$2.lock\""
}

take_locks() { # SECONDS ASSEMBLY...
  lock_wait=$1
  shift
  { open_lock 9 drain && flock -w "$lock_wait" 9; } || stop_with 'it is being drained or undrained by somebody else; nothing was changed'
  number=3
  for assembly; do
    # Without the package there is nothing to keep out.
    [ -e "/etc/gatebox/$assembly" ] || continue
    { open_lock "$number" "$assembly" && flock -w "$lock_wait" "$number"; } ||
      stop_with "an \`up\` is changing $assembly there; nothing was changed. Wait for its end"
    number=$((number + 1))
  done
}

# Runs COMMAND without the locks: a daemon that it starts would keep them.
unlocked() {
  "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}
