#!/bin/sh
# Does containerd run as $CURRENT declares, and do the registries let it in?
. ../shell/fail.sh
. ./ignored.sh
. ./login.sh
# shellcheck source=/dev/null
. "$CURRENT/lifecycle/settings"
: "${major:?}" "${sandbox_image:?}" "${snapshotter:?}" "${cgroup_driver:?}"

# The part of containerd that the kubelet talks to: it is passed over in silence where its own configuration is wrong.
answers() {
  wrong='containerd.service is not running'
  systemctl is-active --quiet containerd.service || return 1
  wrong='containerd does not answer'
  timeout 10 ctr plugins ls >"$work/plugins" 2>/dev/null || return 1
  wrong="containerd runs without the part for Kubernetes: $(awk '$2 == "cri" { print }' "$work/plugins")"
  awk '$2 == "cri" && $1 == "io.containerd.grpc.v1" && $NF == "ok" { found = 1 } END { exit !found }' "$work/plugins"
}

# What containerd itself says to the kubelet, where there is crictl, which Debian does not bring.
as_running() {
  command -v crictl >/dev/null || return 0
  timeout 20 crictl --runtime-endpoint unix:///run/containerd/containerd.sock info >"$work/info" 2>"$work/words" ||
    fail "crictl info fails: $(tail -n 3 "$work/words")"
  driver=cgroupfs
  ! grep -Eq '"SystemdCgroup": *true' "$work/info" || driver=systemd
  [ "$driver" = "$cgroup_driver" ] || fail "crictl info: containerd runs with the cgroup driver $driver, not $cgroup_driver"
  grep -qF "\"$snapshotter\"" "$work/info" || fail "crictl info: containerd runs without the snapshotter $snapshotter"
  grep -qF "\"$sandbox_image\"" "$work/info" || [ "$major" != 1 ] || fail "crictl info: containerd runs without the sandbox image $sandbox_image"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
try_until 50 0.2 answers || fail "$wrong"
require_keys /run/gatebox/container-runtime/config.toml "$CURRENT/lifecycle/declared"
as_running
for file in "$CURRENT"/login/*.curl; do
  [ ! -f "$file" ] || (require_login "$file")
done
