# shellcheck shell=sh
# Finds the cgroup driver of this host's kubelet, $driver, and what says so, $kubelet_file; both empty where there is no
# kubelet. Where it does not say, its default counts: cgroupfs, or with containerd 2, which it asks, whatever that uses.
find_kubelet_driver() { # MAJOR of containerd
  kubelet_file=''
  kubelet_arguments=$(kubelet_told)
  # An option goes before the file.
  driver=$(kubelet_option cgroup-driver)
  if [ -n "$driver" ]; then
    # shellcheck disable=SC2034 # it is for who asks
    kubelet_file='its option --cgroup-driver'
    return 0
  fi
  for kubelet_candidate in "$(kubelet_option config)" /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet-config.yaml; do
    [ -f "$kubelet_candidate" ] || continue
    kubelet_file=$kubelet_candidate
    break
  done
  [ -n "$kubelet_file" ] || return 0
  # YAML or JSON, with whichever quotes or none; what is behind a "#" is a comment.
  driver=$(sed -n "s/^\([^#]*[{,]\)\{0,1\}[[:blank:]]*[\"']\{0,1\}cgroupDriver[\"']\{0,1\}[[:blank:]]*:[[:blank:]]*[\"']\{0,1\}\([a-z]*\).*/\2/p" "$kubelet_file" | head -n 1)
  if [ -z "$driver" ] && [ "$1" = 1 ]; then driver=cgroupfs; fi
}

# The arguments that a running kubelet has been started with, one a line.
kubelet_told() {
  kubelet_pid=$(pgrep -x kubelet 2>/dev/null | head -n 1)
  [ -n "$kubelet_pid" ] || return 0
  tr '\0' '\n' <"/proc/$kubelet_pid/cmdline" 2>/dev/null || :
}

# The value of an option among $kubelet_arguments, written --NAME=VALUE or --NAME VALUE.
kubelet_option() { # NAME
  printf '%s\n' "$kubelet_arguments" | awk -v name="--$1" '
    follows { print; exit }
    index($0, name "=") == 1 { print substr($0, length(name) + 2); exit }
    $0 == name { follows = 1 }'
}
