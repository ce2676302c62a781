# shellcheck shell=sh
. ../shell/service_part.sh
. ./whole.sh

# Prints a number for all that containerd reads when it starts: its configuration, and its service. What is in `certs.d` it
# reads at every pull.
started_with() { # TREE
  {
    whole_configuration "$1"
    service_part "$1/systemd/containerd.conf"
  } | sha256sum | cut -d ' ' -f 1
}
