# shellcheck shell=sh
# Prints "VIA INTERFACE" of each default route with the usual metric, first the one in use ("-" for one without a gateway). One
# with a metric of its own is a reserve, and no concern of ours; IPv6 always has a metric.
default_routes() { # FAMILY
  ip "$1" -o route show default | awk '
    {
      via = "-"; interface = ""; metric = 0
      for (i = 2; i < NF; i++) {
        if ($i == "via") via = $(i + 1)
        if ($i == "dev") interface = $(i + 1)
        if ($i == "metric") metric = $(i + 1)
      }
      if ($1 == "default" && (metric == 0 || metric == 1024)) print via, interface
    }'
}
