#!/bin/sh
# Has the program on standard input answer connections to ADDRESS:PORT, as the unit NAME. One that runs already gives way to it.
set -eu
name=$1
address=$2
port=$3
cat >"/run/$name"
chmod +x "/run/$name"
systemctl stop "$name" 2>/dev/null || :
systemd-run --quiet --collect --unit="$name" socat "TCP-LISTEN:$port,bind=$address,fork,reuseaddr" "EXEC:/run/$name"
