# shellcheck shell=sh
# Whether the client of GlusterFS that serves PLACE runs. Its errors do not tell: without a quorum it says "not connected", too. Every
# five seconds all processes of the host are looked at, so one grep does that for all of them; what has PLACE among its words is few.
client_runs() { # PLACE
  grep -lszxF -- "$1" /proc/[0-9]*/cmdline | (
    while read -r process; do
      case $({ tr '\0' ' ' <"$process"; } 2>/dev/null) in */glusterfs\ *" $1 ") exit 0 ;; esac
    done
    exit 1
  )
}
