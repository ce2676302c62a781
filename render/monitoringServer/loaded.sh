# shellcheck shell=sh
# What a server of monitoring says of the configuration that it runs with. The settings of the tree are read before these are called.

# Prints the number of one of its metrics without labels.
# shellcheck disable=SC2154
metric_of() { # NAME
  curl -s --noproxy '*' -m 5 "http://$address:$port${path}metrics" | sed -n "s/^$1 //p"
}

# Whether the last configuration that it was told to read is the one that it runs with.
# shellcheck disable=SC2154
has_loaded() {
  [ "$(metric_of "${assembly}_config_last_reload_successful")" = 1 ]
}

# When it last read one, in whole seconds: it is told as 1.7e+09.
# shellcheck disable=SC2154
loaded_at() {
  metric_of "${assembly}_config_last_reload_success_timestamp_seconds" | awk '{ printf "%d\n", $1 }'
}
