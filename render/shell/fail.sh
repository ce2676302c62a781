# shellcheck shell=sh
# Ends the script with a message; the runtime shows it to the operator.
fail() { # MESSAGE...
  echo "$*" >&2
  exit 1
}
