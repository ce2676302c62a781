#!/bin/sh
# Puts cloud-init on the host with a seed of NoCloud: CODE is where it is, MAC is the NIC's that it calls eth0, and RENDERER
# what it writes files for. There is no udev in a sandbox to be asked for names, and ifupdown need only seem to be there.
: "${CODE:?}" "${MAC:?}" "${RENDERER:?}"
mkdir -p /etc/cloud/cloud.cfg.d /var/lib/cloud/seed/nocloud /etc/network/interfaces.d /etc/udev/rules.d /run/tools
: >>/etc/network/interfaces
cat >/etc/cloud/cloud.cfg <<CFG
datasource_list: [NoCloud]
cloud_init_modules: []
system_info:
  distro: debian
  paths: {cloud_dir: /var/lib/cloud/, templates_dir: /etc/cloud/templates/}
  network: {renderers: [$RENDERER], activators: [$RENDERER]}
CFG
# As installers do, in a file that is read late.
echo '# from the installer' >/etc/cloud/cloud.cfg.d/99-installer.cfg
echo 'instance-id: one' >/var/lib/cloud/seed/nocloud/meta-data
echo '#cloud-config' >/var/lib/cloud/seed/nocloud/user-data
cat >/var/lib/cloud/seed/nocloud/network-config <<CFG
version: 2
ethernets:
  eth0:
    match: {macaddress: "$MAC"}
    set-name: eth0
    addresses: [192.168.2.14/24]
CFG
ln -sf /bin/true /run/tools/udevadm
if [ "$RENDERER" = eni ]; then
  mkdir -p /run/more/upper /run/more/work
  mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/more/upper,workdir=/run/more/work /usr/sbin
  for tool in ifup ifdown ifquery; do ln -sf /bin/true "/usr/sbin/$tool"; done
fi
cat >/run/cloud-boot.sh <<BOOT
# What cloud-init does at a boot before the network comes up.
rm -rf /run/cloud-init
PATH=/run/tools:\$PATH PYTHONPATH=$CODE/usr/lib/python3/dist-packages exec timeout 60 /usr/bin/python3 -m cloudinit.cmd.main init --local
BOOT
