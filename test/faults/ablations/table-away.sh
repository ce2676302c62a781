#!/bin/sh
# Deletes a TABLE of nft(8), family and name; one that is not there is no error.
set -eu
printf 'table %s {}\ndelete table %s\n' "$1" "$1" | nft -f -
