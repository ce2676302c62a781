#!/bin/sh
# Makes a user USER who may log in with root's keys, and whom sudo lets do nothing without a password.
set -eu
command -v sudo >/dev/null || apt-get -qq install -y --no-install-recommends sudo >/dev/null
id "$1" >/dev/null 2>&1 || useradd -m -s /bin/sh "$1"
mkdir -p "/home/$1/.ssh"
cp ~root/.ssh/authorized_keys "/home/$1/.ssh/"
chown -R "$1:" "/home/$1/.ssh"
chmod 700 "/home/$1/.ssh"
