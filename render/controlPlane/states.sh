# shellcheck shell=sh
# What a reload takes over of the API servers: which are up, and which are drained. Needs `cli` (see haproxy/master.sh).

# Notes what the present process says of those API servers of TREE that are where they were. Of one that has moved nothing is
# kept: HAProxy would go on at the port that the note has, whatever its configuration says. Without an answer nothing is known,
# and older notes would bring back what has been drained or come up since.
keep_states() { # TREE NOTES
  kept_states=$(cli '@1 show servers state kube-api') || kept_states=''
  {
    sed -n 's/^ *server \([^ ]*\) \([^ ]*\).*/\1 \2/p' "$1"/haproxy/routes/*.cfg
    echo
    printf '%s\n' "$kept_states"
  } | awk '
    BEGIN { print 1 }
    NF == 0 { states = 1; next }
    !states { declared[$1 " " $2] = 1; next }
    /^#/ || ($4 " " $5 ":" $19) in declared
  ' >"$2/servers.state.new" && mv -f "$2/servers.state.new" "$2/servers.state"
}
