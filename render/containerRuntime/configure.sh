#!/bin/sh
# Writes what containerd reads, before each of its starts: all that is declared, as one file that root alone may read.
set -eu
. ./whole.sh
notes=/run/gatebox/container-runtime

mkdir -p "$notes"
umask 077
whole_configuration /etc/gatebox/container-runtime >"$notes/config.toml.new"
mv -f "$notes/config.toml.new" "$notes/config.toml"
