# shellcheck shell=sh
tell_listeners() { # NAME STATE SECONDS
  for listener in /etc/gatebox/*/vip-events/"$1"; do
    [ ! -x "$listener" ] || timeout "$3" "$listener" "$2" </dev/null || echo "$listener $2 failed" >&2
  done
}
