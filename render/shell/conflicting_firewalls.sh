# shellcheck shell=sh
# Refuse a host on which somebody else would undo a table of ours, or drop what it lets through. Both need fail.sh.

# Debian's nftables.service, if it is enabled: its file begins with `flush ruleset`, and its stop is one. At boot it may come
# after ours, and a restart at any time leaves the host open.
ruleset_stays() {
  systemctl is-enabled --quiet nftables.service 2>/dev/null || return 0
  grep -qs '^[^#]*flush[[:blank:]][[:blank:]]*ruleset' /etc/nftables.conf ||
    systemctl show --property ExecStop --value nftables.service | grep -q 'flush ruleset' || return 0
  fail 'nftables.service is enabled and empties the whole rule set, these rules too, whenever it starts or stops: "systemctl disable nftables.service", and have a unit of your own load what you need of /etc/nftables.conf, without its "flush ruleset"'
}

# Firewalls that drop what is to be forwarded: what one table drops, an accept in another does not save.
others_forward() {
  if grep -qsi '^ENABLED="\{0,1\}yes' /etc/ufw/ufw.conf; then
    fail 'ufw is enabled and drops what this host is to forward: "ufw disable"'
  fi
  if systemctl is-enabled --quiet firewalld.service 2>/dev/null; then
    fail 'firewalld is enabled and drops what this host is to forward: "systemctl disable --now firewalld.service"'
  fi
}
