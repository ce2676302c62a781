# shellcheck shell=sh
# Where a tree has HAProxy listen, and whether that is free for it. Needs `fail`.
: "${haproxy_process:?}"

# Prints "ADDRESS:PORT" of every listener that a tree declares.
listeners_of() { # TREE
  cat "$1/haproxy/base.cfg" "$1"/haproxy/routes/*.cfg 2>/dev/null | sed -n 's/^ *bind \([^ ]*\).*/\1/p'
}

# Another program on a declared port is found before HAProxy is told to take the port: for as long as HAProxy tries (2 s), its
# previous process pauses all its listeners.
require_free_ports() { # TREE
  { listeners_of "$1"; echo; ss -Hltnp; } | awk -v ours="\"$haproxy_process\"" '
    NF == 0 { sockets = 1; next }
    !sockets { declared[$1] = 1; split($1, part, ":"); by_port[part[2]] = $1; next }
    index($0, ours) { next }
    {
      port = $4; sub(/.*:/, "", port)
      where = substr($4, 1, length($4) - length(port) - 1)
      everywhere = (where == "*" || where == "0.0.0.0" || where == "[::]")
      if (everywhere && port in by_port) taken = by_port[port]; else if ($4 in declared) taken = $4; else next
      print taken " is already taken: " $4 " " $6 > "/dev/stderr"
      found = 1
    }
    END { exit found }
  ' || fail 'stop the program that holds the port, or choose another port'
}
