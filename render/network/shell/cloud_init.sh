# shellcheck shell=sh
# What cloud-init left on this host. It is stopped by a file of its own (see files.list); what it wrote at earlier boots beside
# the files that the stack names would still give these interfaces other names and addresses. It goes with its maker, and comes
# back with it.
persistent_names=/etc/udev/rules.d/70-persistent-net.rules

# Prints the files of networkd that cloud-init wrote for one of these interfaces. Needs interface_of.
files_of_cloud_init() { # TREE SUFFIX
  while read -r name mac _; do
    now=$(interface_of "$mac")
    for file in /etc/systemd/network/*cloud-init*.network"$2" /etc/systemd/network/*cloud-init*.link"$2"; do
      [ -f "$file" ] || continue
      awk -v mac="$mac" -v name="$name" -v now="$now" '
        /^\[/ { inside = ($0 == "[Match]"); next }
        inside && /^(Permanent)?MACAddress=/ { sub(/^[^=]*=/, ""); if (tolower($0) == mac) found = 1 }
        inside && /^(Original)?Name=/ { sub(/^[^=]*=/, ""); if ($0 == name || $0 == now) found = 1 }
        END { exit !found }' "$file" && echo "$file"
    done
  done <"$1/interfaces.list" | sort -u
}

put_cloud_init_aside() { # TREE
  for file in $(files_of_cloud_init "$1" ''); do
    mv -f "$file" "$file.gatebox-replaced"
  done
  # What is in /run is made anew by whoever makes it.
  rm -f /run/systemd/network/*cloud-init*.link /run/systemd/network/*cloud-init*.network
  [ -f "$persistent_names" ] || return 0
  awk '
    FILENAME == ARGV[1] { ours[$2] = 1; next }
    {
      line = tolower($0)
      for (mac in ours) if ($0 !~ /^#/ && index(line, "\"" mac "\"") && line ~ /[ ,\t]name[ \t]*:?=[ \t]*"/) $0 = "#gatebox- " $0
      print
    }' "$1/interfaces.list" "$persistent_names" | write_again "$persistent_names"
}

put_cloud_init_back() {
  for file in /etc/systemd/network/*cloud-init*.gatebox-replaced; do
    [ ! -f "$file" ] || mv -f "$file" "${file%.gatebox-replaced}"
  done
  [ ! -f "$persistent_names" ] || sed 's/^#gatebox- //' "$persistent_names" | write_again "$persistent_names"
}

# The kernel's command line goes before the files of cloud-init, ours too.
refuse_network_of_command_line() {
  [ -d /etc/cloud ] || return 0
  read -r command_line </proc/cmdline || :
  for word in $command_line; do
    case $word in
    network-config=disabled) ;;
    network-config=*)
      fail "the kernel's command line has cloud-init write the network at every boot (network-config=…), whatever its files say: take that word out of GRUB_CMDLINE_LINUX in /etc/default/grub, then: update-grub"
      ;;
    ip=* | ip6=*)
      for file in /run/net-*.conf; do
        [ ! -f "$file" ] || fail "the kernel's command line has the initramfs set up the network, and cloud-init keeps it at every boot ($word): take that word out of the boot loader's configuration"
      done
      ;;
    esac
  done
}
