# shellcheck shell=sh
# Refuses a configuration in the current directory that HAProxy refuses. Needs `fail`.
check_haproxy() {
  answer=$(haproxy -c -f haproxy/base.cfg -f haproxy/routes 2>&1) || {
    printf '%s\n' "$answer" | grep -v '^\[NOTICE\]' >&2
    fail 'HAProxy refuses the configuration'
  }
}
