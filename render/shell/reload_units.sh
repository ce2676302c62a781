# shellcheck shell=sh
# Has systemd read its units again where those of $CURRENT are not those of $PREVIOUS.
reload_units() {
  if [ -z "$PREVIOUS" ] || ! diff -r "$CURRENT/systemd" "$PREVIOUS/systemd" >/dev/null; then
    systemctl daemon-reload
  fi
}
