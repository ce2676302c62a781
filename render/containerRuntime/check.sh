#!/bin/sh
# May containerd on this host be configured as the staged tree $TREE says? Changes nothing.
. ../shell/fail.sh
. ./ignored.sh
. ./whole.sh
. ./foreign.sh
. ./kubelet.sh
# shellcheck source=/dev/null
. "$TREE/lifecycle/settings"
: "${major:?}" "${adopt=}" "${cgroup_driver:?}" "${free_disk_mb:?}"

command -v containerd >/dev/null || fail 'there is no containerd on this host, and containerRuntime.packages brings none: name the packages that do'
version=$(containerd_version)
case $version in
"$major".*) ;;
'') fail 'containerd does not say which version it is' ;;
*) fail "this host has containerd $version, and containerRuntime.major is $major: write the one that is there, or install the other" ;;
esac
case $version in 1.[0-5].*) fail "this host has containerd $version, which is too old: 1.6 is the oldest that is supported" ;; esac

others=$(foreign | paste -sd ',' | sed 's/,/, /g')
[ -z "$others" ] || [ "$adopt" = yes ] ||
  fail "containerd on this host has been set up by somebody else ($others): write containerRuntime.adopt: true to take it over (what is there is kept, and put back in the end), or leave the host out"

! timeout 10 systemctl cat containerd.service 2>/dev/null | grep -Eq '^ExecStart=.*[[:blank:]](--config|-c)[[:blank:]=]' ||
  fail 'containerd.service of this host names a configuration of its own (--config): it is to read /etc/containerd/config.toml, so take that out of its ExecStart'

find_kubelet_driver "$major"
[ -z "$driver" ] || [ "$driver" = "$cgroup_driver" ] ||
  fail "the kubelet's cgroup driver is $driver ($kubelet_file), and containerd would use $cgroup_driver: pods would be killed under load. Write containerRuntime.systemdCgroup: $([ "$driver" = systemd ] && echo true || echo false), or change the kubelet's cgroupDriver"

store=/var/lib/containerd
[ -d "$store" ] || store=/var/lib
free=$(df -Pm "$store" | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -ge "$free_disk_mb" ] ||
  fail "$store has ${free:-0} MB free, and containerRuntime.limits.freeDiskMb wants $free_disk_mb for images: make room, or want less"

# All that will be read, put together as it will be.
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
(umask 077 && whole_configuration "$TREE" >"$trial/config.toml")
require_keys "$trial/config.toml" "$TREE/lifecycle/declared"
