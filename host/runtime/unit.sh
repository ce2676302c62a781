
# ---- The verbs

# Called by the guard's timer, and by its unit at boot: goes back if a transaction is still open and nobody is at work on it any more.
back() { # ASSEMBLY
  safe_name "$1" || fail "not the name of an assembly: $1"
  assembly=$1
  open_assembly
  take_lock 400
  trap leave EXIT
  find_current
  [ -e "$journal" ] || { forget_for_boot; return 0; }
  recover
  # What dead processes asked for is not left lying; live ones wait for the lock.
  pending >/dev/null
  clear_incoming
}

uninstall() {
  for place in "$state"/*/; do
    case $place in
    */incoming/ | "$state/*/") ;;
    *)
      echo "kept: $place still has files"
      return 0
      ;;
    esac
  done
  rm -rf "$state" "$locks" "$root/usr/local/lib/gatebox"
  rmdir "$live" 2>/dev/null
  return 0
}

case ${1:-} in
apply | remove) transact "$1" ;;
status) shift && status "$@" ;;
packages) install_packages ;;
back) back "${2:-}" ;;
uninstall) uninstall ;;
*) fail 'expected apply, remove, status, packages, back or uninstall' ;;
esac
exit
# end of gatebox runtime
