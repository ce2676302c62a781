# shellcheck shell=sh
# What a program was started with is noted in /run. After a boot nobody has noted it: it was the tree that was live then, which
# is $PREVIOUS now.
note_start_at_boot() { # FILE COMMAND: prints what a program reads at its start, of a TREE
  if [ -e "$1" ] || [ -z "$PREVIOUS" ]; then return 0; fi
  "$2" "$PREVIOUS" >"$1" 2>/dev/null || rm -f "$1"
}
