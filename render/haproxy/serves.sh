# shellcheck shell=sh
# Does HAProxy serve the configuration of $CURRENT? Each check leaves in $wrong what is not (yet) as it should be. Whether
# servers behind a route are well is not asked: a route may be declared before its service is there. Needs `listeners_of`.
. ./master.sh
: "${haproxy_unit:?}"

haproxy_serves() { # NOTES
  haproxy_runs "$1" && haproxy_listens && haproxy_answers
}

haproxy_runs() { # NOTES
  wrong='HAProxy is not running'
  systemctl is-active --quiet "$haproxy_unit" || return 1
  wrong='the master of HAProxy does not answer'
  ask_master || return 1
  wrong="HAProxy goes on with a previous configuration: its last reload (number $reloads) failed"
  [ "$failed" = 0 ] && [ -n "$worker" ] || return 1
  wrong='HAProxy has loaded a previous configuration'
  [ ! -e "$1/haproxy.loaded" ] || [ "$(cat "$1/haproxy.loaded")" = "$(haproxy_sum "$CURRENT")" ]
}

haproxy_listens() {
  missing=$({ listeners_of "$CURRENT"; echo; ss -Hltnp; } | awk -v ours="pid=$worker," '
    NF == 0 { sockets = 1; next }
    !sockets { declared[$1] = 1; next }
    index($0, ours) { delete declared[$4] }
    END { for (one in declared) { print one; exit } }
  ')
  wrong="HAProxy does not listen on $missing"
  [ -z "$missing" ]
}

haproxy_answers() {
  metrics=$(sed -n '/^frontend gatebox-metrics/,$s/^ *bind \([^ ]*\).*/\1/p' "$CURRENT/haproxy/base.cfg")
  # shellcheck disable=SC2034 # it is for who asks
  wrong="HAProxy does not answer on $metrics"
  printf 'GET /healthz HTTP/1.0\r\n\r\n' | timeout 3 socat -t 3 - "TCP:$metrics,connect-timeout=2" 2>/dev/null |
    head -n 1 | grep -q ' 200 '
}
