#!/bin/sh
# Prints what a host has been configured with, a line for each thing: files with what is in them, units that are on, mounts,
# listeners, users. Not what comes and goes by itself, nor what is in force in the kernel.
set -u
find /etc /usr/local /usr/lib/ssl /var/spool/cron -xdev \( -path /etc/gatebox/metrics -o -name '*.lock' -o -path /etc/kubernetes \) -prune \
  -o -type f -print 2>/dev/null | sort | xargs -d '\n' sha256sum 2>/dev/null | sed 's/^\([0-9a-f]*\) *\(.*\)/file \2 \1/'
find /etc /usr/local /usr/lib/ssl -xdev -type l -printf 'link %p %l\n' | sort
systemctl list-units --no-legend --plain --state=active --type=service,socket,timer,path,mount |
  awk '$1 !~ /^(user@|user-|session-|run-|systemd-tmpfiles|apt-|dpkg-|man-db|e2scrub|logrotate|fstrim|phpsession)/ { print "unit", $1 }' | sort
findmnt -rno TARGET,FSTYPE -t xfs,ext4,fuse.glusterfs,tmpfs | grep -vE '^/(run|proc|sys|dev|tmp|var/lib/(kubelet|containerd))' | sed 's/^/mount /' | sort
ss -Hltnu | awk '{ print "listener", $1, $5 }' | grep -vE ':(3[0-9]{4}|[456][0-9]{4})$' | sort -u
getent passwd | sed 's/^/user /' | sort
