#!/bin/sh
# Says what is found of the kubelet that the process $1 stands in for, with containerd of the major version $2.
set -eu
kubelet=$1
pgrep() {
  echo "$kubelet"
}
# shellcheck source=/dev/null
. ./kubelet.sh
find_kubelet_driver "$2"
# shellcheck disable=SC2154 # both are found
printf '%s' "$driver ($kubelet_file)"
