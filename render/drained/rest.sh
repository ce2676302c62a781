# shellcheck shell=sh
# The connections that clients have to this host, at ADDRESS=PORTS words (see `clientWords`): those whose port here somebody listens
# on, so that what the host itself asks of others does not count.
connections_at() { # WORD...
  { printf '%s\n' "$@"; echo; ss -Hltn; echo; ss -Htn state established; } 2>/dev/null | awk '
    function port_of(end) { sub(/.*:/, "", end); return end }
    function address_of(end) { sub(/:[^:]*$/, "", end); gsub(/[][]|%.*/, "", end); return end }
    function is_asked(spec, port,   ports, count, i, found) {
      found = 0
      count = split(substr(spec, substr(spec, 1, 1) == "!" ? 2 : 1), ports, ",")
      for (i = 1; i <= count; i++) if (ports[i] == port) found = 1
      return substr(spec, 1, 1) == "!" ? !found : found
    }
    NF == 0 { part++; next }
    part == 0 { split($0, word, "="); spec[word[1]] = word[2]; next }
    part == 1 { listens[port_of($4)] = 1; next }
    {
      address = address_of($3); port = port_of($3)
      if (address in spec && port in listens && is_asked(spec[address], port)) count_all++
    }
    END { print count_all + 0 }'
}
