# shellcheck shell=sh
# Refuses a host on which Debian's nftables.service is enabled and takes the tables of others away: its file begins with `flush
# ruleset`, and its stop is one. At boot it may come after ours, and a restart at any time leaves the host open. Needs `fail`.
ruleset_stays() {
  if systemctl is-enabled --quiet nftables.service 2>/dev/null && {
    grep -qs '^[^#]*flush[[:blank:]][[:blank:]]*ruleset' /etc/nftables.conf ||
      systemctl show --property ExecStop --value nftables.service | grep -q 'flush ruleset'
  }; then
    fail 'nftables.service is enabled and empties the whole rule set, these rules too, whenever it starts or stops: "systemctl disable nftables.service", and have a unit of your own load what you need of /etc/nftables.conf, without its "flush ruleset"'
  fi
}
