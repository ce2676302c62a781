# shellcheck shell=sh
# Appends "NAME SECONDS" to the file $marks_file, by the machine's clock. Stands in the runtime that is measured.
mark() { # NAME
  # shellcheck disable=SC2154 # set by bench/scale/stages.ts before this text
  read -r mark_now _ </proc/uptime && echo "$1 $mark_now" >>"$marks_file"
}
