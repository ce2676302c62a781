#!/bin/sh
# Makes the address of eth0 a leased one, and breaks netplan.
systemctl stop systemd-networkd.service
ip address del 192.168.2.14/24 dev eth0
ip address add 192.168.2.14/24 dev eth0 valid_lft 3600 preferred_lft 3600
echo nonsense >/etc/netplan/99-broken.yaml
