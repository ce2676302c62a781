# shellcheck shell=sh
# Do packets of users get where they are to? What one table of the kernel drops, an accept in another does not save; IPVS and
# programs of eBPF take packets before any listener. None of that can be told by reading, so a packet is sent: it comes in by the
# very interface that users come in by, as one of theirs, passes all that is on its way, and is taken out at the end. Nothing
# leaves this host. Needs `fail`.
#
# The packet is made in a network namespace of its own, whose one cable ends in a redirection to the interface's ingress. It is
# known by its source port, 1, which no client has.
probe_cable=gatebox-probe
probe_places=/run/gatebox

# Prints the "FAMILY TABLE CHAIN" that drops packets of SOURCE to PORT, by what nft traced. Tables of ours may do so, too.
dropped_by() { # SOURCE PORT
  awk -v source="saddr $1 " -v port="dport $2 " '
    $1 == "trace" && $2 == "id" {
      if (index($0, " packet: ") && index($0, source) && index($0, port)) ours[$3] = 1
      if ($3 in ours && ($0 ~ /policy drop/ || $0 ~ /verdict (drop|queue|stolen)/)) { found = $4 " " $5 " " $6 }
    }
    END { print found }' "$probing/trace"
}

# Two assemblies of a host may be tried at once, each with table and cable of the same names: one after the other. What runs in
# the background must not keep the lock. Only root can open it: whoever can, can hold it for ever.
begin_probe() {
  (umask 077 && mkdir -p "$probe_places" && : >>"$probe_places/way-in.lock") && chmod 0600 "$probe_places/way-in.lock" &&
    exec 8>"$probe_places/way-in.lock" && flock -w 40 8
}

end_probe() {
  [ -z "$probe_holder" ] || kill "$probe_holder" ${probe_monitor:+"$probe_monitor"} 2>/dev/null || :
  nft delete table inet gatebox_probe 2>/dev/null || :
  ip link del "$probe_cable" 2>/dev/null || :
  rm -rf "$probing"
  exec 8>&-
}

# A cable into a namespace, whose packets come in by INTERFACE. Fails where this kernel cannot do that.
lay_cable() { # INTERFACE DESTINATION
  unshare --net sleep 60 >/dev/null 2>&1 </dev/null 8>&- &
  probe_holder=$!
  ip link del "$probe_cable" 2>/dev/null || :
  tries=0
  until [ "$(readlink "/proc/$probe_holder/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
    tries=$((tries + 1)) && [ "$tries" -lt 50 ] && sleep 0.05 || return 1
  done
  ip link add "$probe_cable" type veth peer name user netns "$probe_holder" && ip link set "$probe_cable" up &&
    tc qdisc add dev "$probe_cable" clsact &&
    tc filter add dev "$probe_cable" ingress protocol ip u32 match u32 0 0 action mirred ingress redirect dev "$1" || return 1
  there=$(ip -o link show dev "$probe_cable" | sed -n 's/.*link\/ether \([^ ]*\).*/\1/p')
  # shellcheck disable=SC2016 # expanded by the inner shell
  nsenter -t "$probe_holder" -n sh -euc '
    ip link set user up
    ip neigh add "$1" lladdr "$2" dev user
    ip route add "$1" dev user
  ' sh "$2" "$there"
}

# A chain at the very beginning and one at the very end, which takes the packets out.
watch_packets() { # INTERFACE HOOK
  nft -f - <<RULES
table inet gatebox_probe {
  set begun { type ipv4_addr . inet_service; flags dynamic; }
  set arrived { type ipv4_addr . inet_service; flags dynamic; }
  chain first {
    type filter hook prerouting priority -2147483648
    iifname "$1" tcp sport 1 add @begun { ip saddr . tcp dport } meta nftrace set 1
  }
  chain last {
    type filter hook $2 priority 2147483647
    iifname "$1" tcp sport 1 add @arrived { ip saddr . tcp dport } drop
  }
}
RULES
}

in_set() { # SET SOURCE PORT
  nft -n list set inet gatebox_probe "$1" | tr -s '{},' '\n' | sed 's/^[[:blank:]]*//; s/[[:blank:]]*$//' | grep -qxF "$2 . $3"
}

# Sends one packet to each port, and waits for none of them.
send_packets() { # SOURCE DESTINATION PORT...
  # shellcheck disable=SC2016 # expanded by the inner shell
  nsenter -t "$probe_holder" -n sh -uc '
    source=$1 destination=$2
    shift 2
    ip address add "$source/32" dev user
    for port; do
      timeout 2 socat -u OPEN:/dev/null "TCP4:$destination:$port,bind=$source:1,reuseaddr,connect-timeout=0.1" 2>/dev/null &
    done
    wait
  ' sh "$@"
}

# Who has packets to PORT that did not arrive: a sentence with what to do about it.
taker_of() { # INTERFACE HOOK SOURCE PORT
  if ! in_set begun "$3" "$4"; then
    programs=$({ tc filter show dev "$1" ingress && ip -d link show dev "$1"; } 2>/dev/null | grep -oE '(bpf|prog/xdp) .*' | head -n 1) || :
    echo "a program of eBPF at the interface $1 takes it${programs:+ ($programs)}; have its owner leave that interface alone (devices of Cilium, bpfDataIfacePattern of Calico): kube-proxy is supported in its modes iptables and nftables"
    return
  fi
  hook=$2
  rule="iifname \"$1\" accept"
  [ "$hook" != input ] || rule="iifname \"$1\" tcp dport $4 accept"
  dropper=$(dropped_by "$3" "$4")
  if [ -n "$dropper" ]; then
    # shellcheck disable=SC2086 # family, table, chain
    set -- $dropper
    echo "the chain $3 of the table $1 $2 drops it; have that chain let it pass (nft insert rule $1 $2 $3 '$rule'), or remove what drops it"
  elif grep -q '^TCP' /proc/net/ip_vs 2>/dev/null; then
    echo 'IPVS takes it; kube-proxy is supported in its modes iptables and nftables, not in ipvs: change its mode, then: kube-proxy --cleanup'
  else
    echo "no table of nftables drops it; look through iptables-legacy -S (its chain for $hook) and ip rule"
  fi
}

# Sets lost_source and lost_port to the first that has not arrived; empty where all have.
find_lost() { # PORT...
  lost_source='' lost_port=''
  for lost_source in $probe_sources; do
    for port; do
      in_set arrived "$lost_source" "$port" || { lost_port=$port; return; }
    done
  done
}

# Fails unless a packet of TCP from each of SOURCES that comes in by INTERFACE gets through HOOK (input, or forward) to each port.
require_way() { # WHAT INTERFACE HOOK SOURCES DESTINATION PORT...
  probe_what=$1 probe_interface=$2 probe_hook=$3 probe_sources=$4 probe_destination=$5
  shift 5
  probe_holder='' probe_monitor=''
  probing=$(mktemp -d)
  if ! begin_probe; then
    echo "not tried whether $probe_what get through: another packet was on its way for 40 s"
    rm -rf "$probing"
    return 0
  fi
  nft delete table inet gatebox_probe 2>/dev/null || :
  if ! command -v socat >/dev/null || ! lay_cable "$probe_interface" "$probe_destination" >"$probing/log" 2>&1 || ! watch_packets "$probe_interface" "$probe_hook" >>"$probing/log" 2>&1; then
    echo "not tried whether $probe_what get through: $(tail -n 1 "$probing/log")"
    end_probe
    return 0
  fi
  timeout 30 nft monitor trace >"$probing/trace" 2>/dev/null 8>&- &
  probe_monitor=$!
  # It listens a moment later; without a trace the chain is not named.
  sleep 0.1
  # A busy host may not have sent one in time: what is lost three times is taken.
  for attempt in 1 2 3; do
    for source in $probe_sources; do
      send_packets "$source" "$probe_destination" "$@" >/dev/null 2>&1 || :
    done
    sleep "0.$attempt"
    find_lost "$@"
    [ -n "$lost_port" ] || break
  done
  lost=''
  [ -z "$lost_port" ] ||
    lost="from $lost_source to port $lost_port: $(taker_of "$probe_interface" "$probe_hook" "$lost_source" "$lost_port")"
  end_probe
  [ -z "$lost" ] || fail "$probe_what do not get through, tried with a packet $lost"
}
