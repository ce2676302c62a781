# shellcheck shell=sh
# Which settings a NAT gateway has, and where those of before are kept.
sysctl_files='sysctl/forwarding.conf sysctl/nat.conf' sysctl_backup=/var/lib/gatebox/nat/former
. ../shell/sysctl_backup.sh
