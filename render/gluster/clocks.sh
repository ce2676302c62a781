# shellcheck shell=sh
# Compares this host's clock with those of other servers: GlusterFS decides by times of files, and TLS by those of certificates.

# Prints the milliseconds that a server's clock shows. One that does not answer, for it has no such service yet, is no fault.
clock_of() { # ADDRESS
  # shellcheck disable=SC2016 # expanded by the inner shell
  timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/24006" && read -r shown <&3 && echo "$shown"' bash "$1" 2>/dev/null || :
}

# Says so where a server's clock differs by more than a second from what this host's showed in the middle of the answer.
clock_fault() { # ADDRESS
  asked=$(date +%s%3N)
  shown=$(clock_of "$1")
  took=$(($(date +%s%3N) - asked))
  case $shown in '' | *[!0-9]* | ?????????????????*) return 0 ;; esac
  differs=$((shown - asked - took / 2))
  [ "${differs#-}" -le $((1000 + took / 2)) ] ||
    echo "the clock of $1 differs by $differs ms from this host's: have both follow the same time servers (timedatectl timesync-status, chronyc sources), then come again"
}

# What is wrong with the clocks of servers, asked all at once: some 3 s at most.
clock_faults() { # ADDRESS...
  for address; do
    clock_fault "$address" &
  done
  wait
}
