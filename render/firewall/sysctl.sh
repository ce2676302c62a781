# shellcheck shell=sh
# Which settings the firewall has, and where those of before are kept.
sysctl_files='sysctl/firewall.conf' sysctl_backup=/var/lib/gatebox/firewall/former
. ../shell/sysctl_backup.sh
