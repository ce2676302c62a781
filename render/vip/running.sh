# shellcheck shell=sh
# What keepalived says that it runs, against what a tree declares. Needs `try_until`.

# Prints "NAME ROUTER PRIORITY INTERFACE" of each virtual IP that the tree declares.
declared() { # TREE
  cat "$1"/keepalived/vips/*.conf | awk '
    $1 == "vrrp_instance" { name = $2 }
    $1 == "interface" { interface = $2 }
    $1 == "virtual_router_id" { router = $2 }
    $1 == "priority" { print name, router, $2, interface }
  ' | sort
}

# What keepalived runs, a KEY:VALUE in a line; it writes it to a file when it is asked to.
dumped() {
  rm -f /run/gatebox/vip/keepalived.json
  read -r parent 2>/dev/null </run/gatebox/vip/keepalived.pid || return 1
  kill -s "$(keepalived --signum=JSON)" "$parent" 2>/dev/null || return 1
  try_until 40 0.05 grep -qs '\]$' /run/gatebox/vip/keepalived.json || return 1
  sed 's/[" ]//g; s/[,{}]/\n/g' /run/gatebox/vip/keepalived.json
}

# The same as declared of what it runs.
running() {
  dump=$(dumped) || return 1
  printf '%s\n' "$dump" | awk -F: '
    $1 == "iname" { name = $2 }
    $1 == "ifp_ifname" { interface = $2 }
    $1 == "vrid" { router = $2 }
    $1 == "base_priority" { priority[name] = $2 }
    $1 == "effective_priority" { print name, router, priority[name], interface }
  ' | sort
}
