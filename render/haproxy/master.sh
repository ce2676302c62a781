# shellcheck shell=sh
# Asks HAProxy's master process, on its command line, for what it runs. A host may have several HAProxys: $haproxy_master is the
# socket of the one that is meant (see `distribution.sh`).
: "${haproxy_master:?}"

cli() { # COMMAND
  printf '%s\n' "$1" | timeout 5 socat -t 5 - "UNIX-CONNECT:$haproxy_master" 2>/dev/null
}

# Sets reloads, failed and worker ('' unless it runs what was loaded last).
# shellcheck disable=SC2034 # they are for who asks
ask_master() {
  reloads='' failed='' worker=''
  answer=$(cli 'show proc') || return 1
  facts=$(printf '%s\n' "$answer" | awk '
    $2 == "master" { reloads = $3; failed = $5; sub(/\]/, "", failed) }
    $2 == "worker" && $3 == 0 && worker == "" { worker = $1 }
    END { print reloads, failed, worker }
  ')
  reloads=${facts%% *} worker=${facts##* } failed=${facts#* }
  failed=${failed%% *}
  [ -n "$failed" ]
}

# A name for the text that HAProxy reads.
haproxy_sum() { # TREE
  (cd "$1/haproxy" && cat base.cfg routes/*.cfg ./*.pem 2>/dev/null | sha256sum)
}
