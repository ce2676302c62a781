#!/bin/sh
# Adds a TABLE of nft(8), family and name, with CHAINS to the host's network, until table-away.sh deletes it.
set -eu
printf 'table %s {\n%s\n}\n' "$1" "$2" | nft -f -
