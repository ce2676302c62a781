#!/bin/sh
# Makes the bricks of LIST, by the very functions that hosts call.
set -eu
cd "$1"
# shellcheck source=/dev/null
. ../shell/fail.sh
# shellcheck source=/dev/null
. ./brick_device.sh
# shellcheck source=/dev/null
. ./empty_device.sh
# shellcheck source=/dev/null
. ./make_bricks.sh
make_bricks "$2" mount-bricks.sh
