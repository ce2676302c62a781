
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
  failed_requests=$cut_off cut_off=0
  keep_record
  # What dead processes asked for is not left lying; live ones wait for the lock.
  pending >/dev/null
  clear_incoming
}

# Also at every boot, before any service makes /run/gatebox as it is used to: see tmpfiles.d(5).
places() {
  close_places || fail "cannot write to $locks"
  closed_at_boot='d /run/gatebox 0700 root root -'
  [ "$(cat "$boot_place" 2>/dev/null)" != "$closed_at_boot" ] || return 0
  mkdir -p "${boot_place%/*}" && echo "$closed_at_boot" >"$boot_place.new" && mv -f "$boot_place.new" "$boot_place" ||
    fail "cannot write to ${boot_place%/*}"
}

uninstall() {
  for place in "$state"/*/; do
    case $place in
    */incoming/ | */keys/ | "$state/*/") ;;
    *)
      echo "kept: $place still has files"
      return 0
      ;;
    esac
  done
  # It may have been drained (gatebox drain).
  rm -f "$root/etc/systemd/system/gatebox-drained.service" "$root/etc/systemd/system/sysinit.target.wants/gatebox-drained.service"
  [ -n "$root" ] || nft delete table inet gatebox_drained 2>/dev/null
  rm -rf "$state" "$locks" "$root/usr/local/lib/gatebox" "$boot_place" "$boot_place.new"
  rmdir "${boot_place%/*}" 2>/dev/null
  rmdir "$live" 2>/dev/null
  return 0
}

case ${1:-} in
apply | remove) transact "$@" ;;
status) shift && status "$@" ;;
records) records ;;
packages) install_packages "${2:-}" ;;
repository) add_repository ;;
remove-repository) remove_repository ;;
key) make_key "${2:-}" ;;
forget-key) forget_key "${2:-}" ;;
back) back "${2:-}" ;;
places) places ;;
uninstall) uninstall ;;
*) fail 'expected apply, remove, status, records, packages, repository, remove-repository, key, forget-key, back, places or uninstall' ;;
esac
exit
# end of gatebox runtime
