# shellcheck shell=sh
. ../shell/interface_name.sh
. ../shell/address.sh
. ../shell/virtual_ips.sh
. ../shell/routes.sh
. ../shell/standing.sh
. ../shell/rename.sh
. ../shell/netplan.sh
. ../shell/sync_generated.sh
. ../shell/ifupdown.sh
. ../shell/cloud_init.sh
. ../shell/replaced.sh
