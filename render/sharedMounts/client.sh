# shellcheck shell=sh
# Whether the client of GlusterFS that serves PLACE runs. Its errors do not tell: without a quorum it says "not connected", too. Every
# five seconds all processes of the host are looked at, so one grep does that for all of them; what has PLACE among its words is few.
client_runs() { # PLACE
  for process in $(grep -lszxF -- "$1" /proc/[0-9]*/cmdline); do
    case $({ tr '\0' ' ' <"$process"; } 2>/dev/null) in */glusterfs\ *" $1 ") return 0 ;; esac
  done
  return 1
}
