#!/bin/sh
# Looks for secrets, one a line of the standard input, where none may be, and prints the places: what anybody on the host may read,
# the journal, the command lines that there are, and those that watch-commands.sh has seen. Prints first how many files of the
# host's own root alone may read that hold one, so that finding nothing elsewhere says something.
set -u
umask 077
secrets=$(mktemp)
trap 'rm -f "$secrets"' EXIT
cat >"$secrets"

grep -rlsF -f "$secrets" /var/lib/gatebox | wc -l
runuser -u nobody -- grep -rlsF -f - /etc /run /var/lib/gatebox /var/log /tmp <"$secrets"
! journalctl -q -b -o cat | grep -qF -f "$secrets" || echo 'the journal'
for seen in /proc/[0-9]*/cmdline /run/gatebox-test-commands; do
  ! tr '\0' ' ' <"$seen" 2>/dev/null | grep -qF -f "$secrets" || echo "$seen"
done
rm -f /run/gatebox-test-commands
