#!/bin/sh
# Runs COMMAND, a line of shell, and prints one line after it: when it began and ended (nanoseconds), the machine's clock at its
# end (seconds), and the processor time of it and of what it waited for (user, system). TIMES is a file for the meantime.
times_file=$1
command=$2
begun=$(date +%s%N)
eval "$command" || exit
ended=$(date +%s%N)
read -r up _ </proc/uptime
times >"$times_file"
echo "$begun $ended $up $(tail -n 1 "$times_file")"
