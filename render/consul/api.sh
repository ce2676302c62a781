# shellcheck shell=sh
# Asks this host's Consul, and prints the status of its answer; the answer itself is in $consul_answer, where that is set. The
# token stands on no command line. Without a token TOKEN_FILE is "".
consul_api() { # TOKEN_FILE METHOD PATH [FILE]
  {
    [ -z "$1" ] || printf 'header = "X-Consul-Token: %s"\n' "$(cat "$1")"
    [ -z "${4:-}" ] || printf 'data-binary = "@%s"\n' "$4"
  } | curl -sS --noproxy '*' -m 10 -K - -X "$2" -o "${consul_answer:-/dev/null}" -w '%{http_code}' \
    "http://127.0.0.1:8500/v1/$3" 2>/dev/null || :
}
