# shellcheck shell=sh
# Prints what a unit or drop-in file says from [Service] on. What stands before it (dependencies, descriptions) a running
# program need not be restarted for: a daemon-reload is enough.
service_part() { # FILE
  sed -n '/^\[Service\]/,$p' "$1"
}
