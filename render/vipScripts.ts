/**
 * The small programs beside keepalived: what it asks and tells, and the guard over keepalived itself. POSIX `sh`; those
 * that run many times a second start as few processes as they can.
 */
import { processEvents, vipDrainFile, vipNotes, vipTree } from "./keepalived.ts";
import { answersWithin } from "./vipMembers.ts";

/**
 * `scripts/start`: runs keepalived in the foreground, with process events where this kernel tells of them: their socket
 * (protocol 11 of netlink, held by the kernel) is seen in the first network namespace only. Notes what it was started
 * with, for the activation.
 */
export function vipStart(): string {
  return `#!/bin/sh
# Runs keepalived in the foreground.
set -eu
mkdir -p ${vipNotes}
cat ${vipTree}/systemd/keepalived.conf ${vipTree}/scripts/start >${vipNotes}/keepalived.started-with
if awk '$2 == 11 && $3 == 0 { found = 1 } END { exit !found }' /proc/net/netlink; then
  set -- -i ${processEvents}
else
  set -- -i silent
fi
exec /usr/sbin/keepalived --dont-fork --dont-respawn --vrrp "$@" --log-console --no-syslog \\
  --use-file ${vipTree}/keepalived/keepalived.conf \\
  --pid ${vipNotes}/keepalived.pid --vrrp_pid ${vipNotes}/vrrp.pid
`;
}

/**
 * `scripts/health`: five times a second, whether what makes a holder useful works, written for keepalived (which watches
 * the files) as 0 or 1.
 *
 * - A daemon answers 200. A refusal counts at once, silence after two times 0.35 s: a machine that is busy for a moment
 *   does not lose its address. (0.2 + 0.7 s, and 0.1 s to hand over: a frozen daemon costs 1 s.)
 * - For others to be forwarded, the kernel routes and the rules of the NAT gateway stand; asked once a second.
 *
 * What has failed is well again after a second in a row, so that a program that crashes again and again does not pull
 * the address to and fro.
 */
export function vipHealth(): string {
  return `#!/bin/sh
# Writes NAME.health for keepalived: 0 while NAME works, 1 while it does not.
set -u

# Sets status: 0 well, 124 silent, anything else refused or wrong.
ask() { # ADDRESS PORT PATH
  answer=$(printf 'GET %s HTTP/1.0\\r\\n\\r\\n' "$3" | timeout 0.35 socat -t 1 - "TCP:$1:$2" 2>/dev/null)
  status=$?
  case $answer in 'HTTP/1.'?' 200 '*) status=0 ;; *) [ "$status" != 0 ] || status=1 ;; esac
}

works() { # NAME ADDRESS PORT PATH
  if [ "$1" != forwarding ]; then
    ask "$2" "$3" "$4"
    [ "$status" != 124 ] || ask "$2" "$3" "$4"
    return "$status"
  fi
  [ $((turn % 5)) = 1 ] || return "$forwarding"
  read -r routes </proc/sys/net/ipv4/ip_forward
  forwarding=1
  [ "$routes" = 1 ] && /usr/sbin/nft -t list chain inet gatebox_nat forward 2>/dev/null | grep -q refuse_forward && forwarding=0
  return "$forwarding"
}

note() { # NAME VALUE
  read -r noted 2>/dev/null <"${vipNotes}/$1.health" || noted=''
  [ "$noted" = "$2" ] || echo "$2" >"${vipNotes}/$1.health"
}

mkdir -p ${vipNotes}
turn=0 forwarding=1
while turn=$((turn + 1)); do
  while read -r name address port path; do
    eval "well=\\\${well_$name:-4}"
    if works "$name" "$address" "$port" "$path"; then well=$((well + 1)); else well=0; fi
    eval "well_$name=$well"
    if [ "$well" -ge 5 ]; then note "$name" 0; else note "$name" 1; fi
  done <${vipTree}/keepalived/health.list
  sleep 0.2
done
`;
}

/**
 * Other trees of this host may have a program to be told of the states of a virtual IP:
 * `/etc/gatebox/<assembly>/vip-events/<name of the virtual IP>`, called with the new state. They run one after the other, in
 * the order of the changes.
 */
const tellListeners = `tell_listeners() { # NAME STATE SECONDS
  for listener in /etc/gatebox/*/vip-events/"$1"; do
    [ ! -x "$listener" ] || timeout "$3" "$listener" "$2" </dev/null || echo "$listener $2 failed" >&2
  done
}
`;

/**
 * `scripts/events FIFO`: keepalived writes a line for each change of state, and of priority, of which it does not rightly
 * tell the state (keepalived#2631). Other trees of this host may have a program to be told of states: `tellListeners`.
 */
export function vipEvents(): string {
  return `#!/bin/sh
# Told by keepalived of each change of state; FIFO is where the lines come from.
note() { # STATE PRIORITY
  echo "$1" >"${vipNotes}/$name.new" && mv -f "${vipNotes}/$name.new" "${vipNotes}/$name.state"
}

${tellListeners}
while read -r kind name now priority; do
  [ "$kind" = INSTANCE ] || continue
  name=\${name#\\"} name=\${name%\\"}
  case $now in
  MASTER | BACKUP | FAULT | STOP) note "$now $priority" ;;
  MASTER_PRIORITY | BACKUP_PRIORITY)
    read -r noted _ 2>/dev/null <"${vipNotes}/$name.state" && note "$noted $priority"
    continue
    ;;
  DELETED) rm -f "${vipNotes}/$name.state" ;;
  *) continue ;;
  esac
  tell_listeners "$name" "$now" 20
done <"$1"
`;
}

/**
 * `scripts/drain [off]`, for the operator: hands the virtual IPs of this host to others before it is worked on. It falls
 * to the lowest priority, so another takes each address while this one still answers; there is no time without a holder.
 * An address that nobody else can take stays, and is named. One that is given up at once (`preempt: false`) has to be
 * answered for by another within two seconds, or this host has it again. A boot ends it as `off` does.
 */
export function vipDrain(): string {
  return `#!/bin/sh
# drain: hands the virtual IPs of this host to others, and says when they are gone. drain off: it may have them again.
set -u

${answersWithin}
# Prints each virtual IP that is on this host, "NAME ADDRESS INTERFACE" a line.
held() {
  for file in ${vipTree}/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    read -r name address interface _ <"$file"
    [ -z "$(ip -o address show dev "$interface" to "\${address%/*}" 2>/dev/null)" ] || echo "$name $address $interface"
  done
}

# Prints the names of those lines, each behind a blank.
names() {
  while read -r name _; do printf ' %s' "$name"; done
}

case \${1-} in
'') ;;
off)
  echo 0 >${vipDrainFile}
  echo 'this host may have virtual IPs again'
  exit
  ;;
*)
  echo 'usage: drain [off]' >&2
  exit 2
  ;;
esac

systemctl is-active --quiet keepalived.service || { echo 'keepalived is not running' >&2; exit 1; }
had=$(held)
echo -253 >${vipDrainFile}
tries=0
until left=$(held) && [ -z "$left" ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 50 ]; then
    echo "no other host has taken:$(echo "$left" | names)" >&2
    exit 1
  fi
  sleep 0.1
done
nobodys=$(echo "$had" | while read -r name address interface; do
  [ -z "$name" ] || answers_within 7 || echo "$name"
done)
if [ -n "$nobodys" ]; then
  echo 0 >${vipDrainFile}
  echo "no other host has taken:$(echo "$nobodys" | names); this host is drained no longer" >&2
  exit 1
fi
echo 'no virtual IP is on this host'
`;
}

/**
 * `scripts/release`: takes every virtual IP off this host. Runs when keepalived has ended, in whatever way. Its child, if
 * it is left over (stopped, while its parent was killed), would put them back one day. Who is to be told of states is told
 * here: `scripts/events` ends before keepalived says of itself that it stops.
 */
export function vipRelease(): string {
  return `#!/bin/sh
# Takes the virtual IPs off this host: keepalived no longer runs, so another host has them by now.
${tellListeners}
tree=\${1:-${vipTree}}
if read -r left 2>/dev/null <${vipNotes}/vrrp.pid && grep -qx keepalived "/proc/$left/comm" 2>/dev/null; then
  kill -KILL "$left"
fi
stopped=''
for file in "$tree"/keepalived/vips/*.address; do
  [ -e "$file" ] || continue
  read -r name address interface _ <"$file"
  if ip address del "$address" dev "$interface" 2>/dev/null; then echo "took $address off $interface"; fi
  # It is told once, and not where keepalived has not run yet.
  if ! read -r state _ 2>/dev/null <"${vipNotes}/$name.state" || [ "$state" = STOP ]; then continue; fi
  echo 'STOP 0' >"${vipNotes}/$name.state"
  stopped="$stopped $name"
done
# When all is off; systemd gives this five seconds, and keepalived is to start again.
for name in $stopped; do
  tell_listeners "$name" STOP 1
done
`;
}

/**
 * `scripts/watch`: the guard over keepalived. If it is killed, systemd runs `release`; but a keepalived that is stopped
 * (or hangs) keeps its address, and its kernel answers for it beside the new holder's.
 *
 * Five times a second it reads two files of /proc, no more. Its process is stopped: seen twice in a row (0.2–0.4 s).
 * Nothing in it has run for four readings (0.8 s) though it holds an address, for which it would send an advert in each of
 * its intervals: it hangs. (Where an interval is longer than half of that, for the time of two. Not where the kernel
 * does not count when processes run: CONFIG_SCHED_INFO.) Gone without a trace is
 * noticed sooner (0.4 s). Then it is killed and its addresses are taken off; systemd starts it again.
 *
 * @param longestAdvertMs the longest interval between adverts of the host's virtual IPs
 */
export function vipWatch(longestAdvertMs: number): string {
  const hangs = Math.max(4, Math.ceil((2 * longestAdvertMs) / 200));
  return `#!/bin/sh
# Notices a keepalived that exists but no longer works, and takes its addresses off this host.
set -u

holds_any() {
  for file in ${vipTree}/keepalived/vips/*.address; do
    [ -e "$file" ] || continue
    read -r _ address interface _ <"$file"
    [ -z "$(ip -o address show dev "$interface" to "\${address%/*}" 2>/dev/null)" ] || return 0
  done
  return 1
}

put_down() {
  echo "keepalived $1; killing it and taking its addresses off this host"
  parent=''
  read -r parent 2>/dev/null <${vipNotes}/keepalived.pid
  kill -KILL "$pid" \${parent:+"$parent"} 2>/dev/null
  sh ${vipTree}/scripts/release
  pid=0 idle=0 stopped=0
}

pid=0 idle=0 stopped=0 slices=-1 ran_before=-1
while sleep 0.2; do
  ran_before=$slices
  slices=-1 state=gone
  read -r pid 2>/dev/null <${vipNotes}/vrrp.pid || { pid=0 idle=0 stopped=0; continue; }
  read -r _ _ state _ 2>/dev/null <"/proc/$pid/stat" || state=gone
  read -r _ _ slices 2>/dev/null <"/proc/$pid/schedstat" || slices=-1
  if [ "$state" = T ]; then stopped=$((stopped + 1)); else stopped=0; fi
  if [ "$slices" = "$ran_before" ]; then idle=$((idle + 1)); else idle=0; fi
  if [ "$stopped" -ge 2 ]; then
    put_down 'is stopped'
  elif [ "$state" = gone ] && [ $((idle % 4)) = 2 ] && holds_any; then
    put_down 'is gone'
  elif [ "$idle" -ge ${hangs} ] && [ "$slices" -gt 0 ] && [ $((idle % 4)) = 0 ] && holds_any; then
    put_down 'hangs'
  fi
done
`;
}
