#!/bin/sh
# Starts keepalived while the host's own address ADDRESS is still looked for by the kernel (tentative).
systemctl stop keepalived.service
ip addr del "$1" dev public-network
ip addr add "$1" dev public-network
ip -6 -o addr show dev public-network tentative
systemctl start keepalived.service
