#!/bin/sh
# Writes files into DIRECTORY for SECONDS, each synchronized, and prints how many there are and how many of them failed.
directory=$1 seconds=$2
mkdir -p "$directory"
end=$(($(date +%s) + seconds)) count=0 failed=0
while [ "$(date +%s)" -lt "$end" ]; do
  count=$((count + 1))
  echo "$count" | dd of="$directory/$count" conv=fsync status=none || failed=$((failed + 1))
done
echo "$count $failed"
