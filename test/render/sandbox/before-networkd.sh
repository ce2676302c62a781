#!/bin/sh
# What networkd needs to start in a sandbox, and nothing of the machine's own configuration.
mount -t sysfs -o ro sysfs /sys
mkdir -p /run/dbus /run/systemd/network /etc/systemd/network
install -d -o systemd-network -g systemd-network /run/systemd/netif /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
rm -f /etc/systemd/network/* /etc/netplan/*
