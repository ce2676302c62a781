# shellcheck shell=sh
# Finds the cgroup driver of this host's kubelet, $driver, and the file that says so, $kubelet_file; both empty where there is no
# kubelet. Where it does not say, its default counts: cgroupfs, or with containerd 2, which it asks, whatever that uses.
find_kubelet_driver() { # MAJOR of containerd
  driver=''
  kubelet_file=''
  for kubelet_candidate in $(kubelet_told) /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet-config.yaml; do
    [ -f "$kubelet_candidate" ] || continue
    kubelet_file=$kubelet_candidate
    break
  done
  [ -n "$kubelet_file" ] || return 0
  driver=$(sed -n 's/.*"\{0,1\}cgroupDriver"\{0,1\}[[:blank:]]*:[[:blank:]]*"\{0,1\}\([a-z]*\).*/\1/p' "$kubelet_file" | head -n 1)
  if [ -z "$driver" ] && [ "$1" = 1 ]; then driver=cgroupfs; fi
}

# The file that a running kubelet has been started with.
kubelet_told() {
  for kubelet_pid in $(pgrep -x kubelet 2>/dev/null); do
    tr '\0' '\n' <"/proc/$kubelet_pid/cmdline" 2>/dev/null | sed -n 's/^--config=//p'
  done | head -n 1
}
