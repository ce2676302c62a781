# shellcheck shell=sh
# Which settings a host with virtual IPs has, and where those of before are kept.
sysctl_files=sysctl/vip.conf sysctl_backup=/var/lib/gatebox/vip/former
. ../shell/sysctl_backup.sh
