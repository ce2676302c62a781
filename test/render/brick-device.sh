#!/bin/sh
# Prints why DEVICE cannot become a brick of LEAST GiB, by the very functions that hosts ask; then whether it has the brick's UUID.
cd "$1" || exit 1
# shellcheck source=/dev/null
. ./brick_device.sh
# shellcheck source=/dev/null
. ./empty_device.sh
device_fault "$2" "$3"
[ -z "${4:-}" ] || brick_device "$4" "$2"
