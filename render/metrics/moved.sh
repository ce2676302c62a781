#!/bin/sh
# Runs with each new state of the virtual IP that it is named after: counts it, and has monitoring told. Nobody waits for that: what is
# told of the change after this may put connections into the kernel.
# shellcheck source=/dev/null
. /etc/gatebox/metrics/lifecycle/settings
: "${on_moves:?}"
notes=/run/gatebox/metrics

mkdir -p "$notes"
printf . >>"$notes/${0##*/}.moves"
# shellcheck disable=SC2086 # names of sources
nice -n 19 perl /etc/gatebox/metrics/scripts/collect $on_moves >/dev/null 2>&1 </dev/null &
