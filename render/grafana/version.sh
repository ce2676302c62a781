# shellcheck shell=sh
# Grafana changes its database for each version at its start, and none goes back: so it is noted beside it which one was the last.

# The version of the program on this host, its first two numbers.
# shellcheck disable=SC2154
grafana_version() {
  timeout 20 "$home/bin/grafana" --version 2>/dev/null | sed -n 's/^.*version v\{0,1\}\([0-9][0-9]*\.[0-9][0-9]*\).*$/\1/p'
}
