#!/bin/sh
# Prints how many connections clients have at this host's own addresses; $own stands before it.
set -u
. ./places.sh
. ./rest.sh
: "${own?}"
echo 'gatebox-remaining 1'
# shellcheck disable=SC2086 # words
echo "remaining $(connections_at $own)"
echo end
