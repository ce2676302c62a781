# shellcheck shell=sh
# Succeeds where two unit or drop-in files are there and say the same from [Service] on: a program that was started with one
# need not be started again for the other.
. ./service_part.sh

same_service() { # FILE OTHER
  [ -f "$1" ] && [ -f "$2" ] && [ "$(service_part "$1")" = "$(service_part "$2")" ]
}
