# shellcheck shell=sh
# Whether an interface has this name. ip(8) would take another interface's alternative name for it as well.
is_name() { # NAME
  [ -d "/proc/sys/net/ipv4/conf/$1" ]
}
