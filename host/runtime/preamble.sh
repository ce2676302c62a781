#!/bin/sh
# Gatebox on a host: applies units as transactions and installs packages.
#
#   unit.sh apply|remove        a unit's payload on standard input
#   unit.sh apply anew          the same, also where nothing is another: what no unit has goes, and all is made to run again
#   unit.sh status [ASSEMBLY]   what is live, file by file
#   unit.sh records             when, by which unit and how transactions ended, and how many files differ from what was applied
#   unit.sh packages            a list of packages on standard input
#   unit.sh repository          a repository of packages on standard input; remove-repository takes it away
#   unit.sh key NAME            make a private key once, and print its public part; forget-key NAME removes it
#   unit.sh back ASSEMBLY       undo a transaction that was left half-way (the guard's timer calls it)
#   unit.sh places              make the runtime's own places, and close them to all but root (its installation calls it)
#   unit.sh uninstall           remove this runtime when no assembly is left
#
# An assembly is one tree of files that is checked and switched as a whole; a unit owns some of its files. Nothing here
# knows a program by name: that knowledge is in the tree's own lifecycle/ scripts.
#
#   /etc/gatebox/ASSEMBLY                      -> the generation that is live
#   /etc/gatebox/.ASSEMBLY.placed              "SHA256 PATH" of each file that it has in another place
#   /var/lib/gatebox/ASSEMBLY/generations/N    the live tree and the one before
#   /var/lib/gatebox/ASSEMBLY/parked           fragments that wait for their base to come back
#   /var/lib/gatebox/ASSEMBLY/journal          "PREVIOUS NEXT" while a switch is under way
#   /var/lib/gatebox/ASSEMBLY/record, sums     how transactions ended, and what they were applied with: see records.sh
#   /var/lib/gatebox/ASSEMBLY/requests         units that are being applied, each held by a live process
#   /run/gatebox                               locks, and what runs now; root's alone
# shellcheck disable=SC2317 # functions that traps and each_link call
# shellcheck disable=SC2015 # "A && B || fail": fail ends the process, whichever failed
set -u
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
umask 022

# Tests run below a directory of their own and with shorter times.
root=${GATEBOX_ROOT:-}
gather_pause=${GATEBOX_GATHER:-0.2}
step_limit=${GATEBOX_STEP_LIMIT:-60}
kill_after=${GATEBOX_KILL_AFTER:-5}
way_in_tries=${GATEBOX_WAY_IN_TRIES:-100}
lock_wait=${GATEBOX_LOCK_WAIT:-150}

state=$root/var/lib/gatebox
live=$root/etc/gatebox
locks=$root/run/gatebox
boot_place=$root/etc/tmpfiles.d/gatebox.conf
host=$(uname -n)
self=$0

request=''     # our own request's directory
assembly=''
unit=''
child=''       # the process that we wait for
earlier=''     # what is to be told of an earlier transaction, after the end of this one
interrupted='' # set once we were asked to stop
returning=''   # set while we go back: that is never interrupted

fail() {
  subject=$host
  [ -z "$unit" ] || subject="$host: $assembly/$unit"
  printf 'gatebox: %s: %s\n' "$subject" "$*" >&2
  exit 1
}

on_stop() {
  interrupted=1
  if [ -n "$child" ] && [ -z "$returning" ]; then
    kill -TERM "$child" 2>/dev/null
  fi
}
trap on_stop TERM INT HUP
# The operator's connection may be gone when we print; that must not end a transaction. (Not '': children would inherit.)
trap : PIPE

# Runs a command in the background, so that a signal is heeded while it runs and not only afterwards.
attended() {
  "$@" &
  child=$!
  await_child
}

await_child() {
  # A signal that came before we knew the child was not passed on.
  if [ -n "$interrupted" ] && [ -z "$returning" ]; then kill -TERM "$child" 2>/dev/null; fi
  while :; do
    wait "$child"
    child_status=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=''
  return "$child_status"
}

# The last words of a program: short enough for Pulumi's log, and clean (the plugin fails on text that is not UTF-8).
last_words() {
  tail -n 40 "$1" | cut -c 1-1000 | tail -c 8000 | tr -d '\000-\010\013-\037\177' | iconv -c -f UTF-8 -t UTF-8 2>/dev/null
}

systemd_runs() {
  [ -d "$root/run/systemd/system" ]
}

# Whoever can open a lock, if only to read it, can hold it for ever. So what is locked, and all that stands beside it, is root's
# alone, also where an earlier version (or a service that came first) has made it. The live trees stay readable: they hold no
# locks, and each of their files has a mode of its own.
close_places() {
  (umask 077 && mkdir -p "$locks") && chmod 0700 "$locks"
}

# A closed file for a lock or for state of our own; what is in it stays.
closed_file() { # PATH
  (umask 077 && : >>"$1") && chmod 0600 "$1"
}

safe_name() {
  case $1 in
  '' | [!a-z0-9]* | *[!a-z0-9.-]*) return 1 ;;
  esac
}
