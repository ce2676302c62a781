# shellcheck shell=sh
# The locks that keep a drain, an `up` and another drain of this host from each other. They are held by open files: whatever becomes
# of this process, none stays. Needs `stop_with`.
: "${locks:?}"

# Whoever can open a lock, if only to read it, can hold it for ever.
private_lock() { # NAME
  (umask 077 && mkdir -p "$locks" && : >>"$locks/$1.lock") && chmod 0600 "$locks/$1.lock"
}

take_locks() { # SECONDS ASSEMBLY...
  lock_wait=$1
  shift
  lock=drain
  { private_lock "$lock" && exec 9>"$locks/$lock.lock" && flock -w "$lock_wait" 9; } || stop_with 'it is being drained or undrained by somebody else; nothing was changed'
  number=3
  for assembly; do
    # Without the package there is nothing to keep out.
    [ -e "/etc/gatebox/$assembly" ] || continue
    { private_lock "$assembly" && eval "exec $number>\"\$locks/\$assembly.lock\"" && flock -w "$lock_wait" "$number"; } ||
      stop_with "an \`up\` is changing $assembly there; nothing was changed. Wait for its end"
    number=$((number + 1))
  done
}

# Runs COMMAND without the locks: a daemon that it starts would keep them.
unlocked() {
  "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}
