# shellcheck shell=sh
# Compares this host's clock with those of the other servers of monitoring: samples, alerts and what has been sent are told apart
# by their times. Where servers want to see a certificate, $clock_curl is a configuration of curl. HTTP tells whole seconds, so the moment is awaited at which the next one begins.

# Prints the second that a server's clock shows. One that does not answer is no fault: it may be about to be made.
clock_of() { # URL
  shown=$(curl -s --noproxy '*' -m 2 -K "${clock_curl:-/dev/null}" -o /dev/null -D - "$1" 2>/dev/null | tr -d '\r' | sed -n 's/^[Dd]ate: //p') || :
  [ -z "$shown" ] || date -d "$shown" +%s 2>/dev/null || :
}

# Says so where a server's clock differs by more than a second from this host's when its next second begins.
clock_fault() { # URL
  first=$(clock_of "$1")
  [ -n "$first" ] || return 1
  times=0
  while [ "$times" -lt 15 ]; do
    before=$(date +%s%3N)
    shown=$(clock_of "$1")
    after=$(date +%s%3N)
    [ -n "$shown" ] || return 1
    [ "$shown" = "$first" ] || break
    times=$((times + 1))
    sleep 0.1
  done
  # It is between the two, and the second began up to 0.1 s and one answer before.
  differs=$((shown * 1000 - (before + after) / 2))
  allowed=$((1000 + 200 + after - before))
  host=${1#*://}
  [ "${differs#-}" -le "$allowed" ] ||
    echo "the clock of ${host%%[:/]*} differs by $differs ms from this host's: have both follow the same time servers (timedatectl timesync-status, chronyc sources), then come again"
}

# What is wrong with the clocks of servers: of each line of FILE the first URL that answers.
clock_faults() { # FILE
  while read -r urls; do
    for url in $urls; do
      if clock_fault "$url"; then break; fi
    done
  done <"$1"
}
