#!/bin/sh
# Gives the host routes of others, and one that a router advertises, where the kernel hears advertisements.
systemctl stop systemd-networkd.service
echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_ra
echo 0 >/proc/sys/net/ipv4/conf/all/arp_ignore
ip route add default via 192.168.2.1
ip route add 10.9.0.0/16 via 192.168.2.1
ip route add 10.8.0.0/16 via 192.168.2.1 table 77
ip -6 route add default via fe80::1 dev eth0 proto ra metric 1024 expires 1800
