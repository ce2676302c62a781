/** What keeps the gateways of a pool in step about connections: conntrackd 1.4.7, the version of Debian 12. */
import { syncGroup, syncPort } from "./nat.ts";
import { address, networkInterface, wholeNumber } from "./scalars.ts";

/** The tree of a NAT gateway; a link to the generation in force. */
export const natTree = "/etc/gatebox/nat";

export const conntrackdLock = "/run/gatebox-conntrackd.lock";

/**
 * Events of the kernel that conntrackd takes up before it tells the others of them. Of a connection that ends, and begins
 * again from the same port in the same batch (100 events by default), 1.4.7 tells but a change: the others keep the source
 * port that the former one had outside, and what goes on there after a failover is another connection to the far end. With
 * one at a time it tells of the end first (`cache_del` of the dead entry would take that out of the queue). The price is
 * processor time: for a connection that comes and goes 60 to 80 µs instead of 10 to 50 (measured on the lab, 6,000 at a time).
 */
const eventsAtOnce = 1;

/** Protocols whose connections are told, by their names in /etc/protocols. */
export const toldProtocols: readonly string[] = ["TCP", "UDP", "SCTP", "DCCP", "ICMP"];

export interface ConntrackdOptions {
  /** Where the gateways speak to each other, this host's own address there, and the others'. */
  readonly interface: string;
  readonly ownAddress: string;
  readonly peers: readonly string[];
  /** Addresses of the gateways themselves, theirs and virtual ones: connections that end there are not led on. */
  readonly ownAddresses: readonly string[];
  /** How many connections a gateway tracks at most. */
  readonly conntrackMax: number;
}

/**
 * `conntrackd/conntrackd.conf`. Each change of a connection goes to the others; they keep what they are told outside of their
 * kernel until one of them takes over and commits it (`conntrackdMoved`).
 *
 * Two gateways speak by unicast, and confirm what they hear (FTFW). More of them speak by multicast, since conntrackd takes
 * one peer only, and confirm nothing (NOTRACK): FTFW numbers messages between two, and of three the third would drop what
 * one tells with a lower number than the other's. What is lost on the way is told with the connection's next change, or when
 * another gateway takes over and tells all.
 *
 * @throws Error without a peer: nobody is to be told.
 */
export function conntrackdConf(options: ConntrackdOptions): string {
  const link = networkInterface(options.interface, "interface of conntrackd");
  const own = address(options.ownAddress, "ownAddress of conntrackd");
  const peers = options.peers.map((peer) => address(peer, "peers of conntrackd"));
  const [peer, ...more] = peers;
  if (peer === undefined) throw new Error("conntrackd: there is no peer");
  const most = wholeNumber(options.conntrackMax, 1024, "conntrackMax");
  const buffers = `        SndSocketBuffer 1249280
        RcvSocketBuffer 1249280
        Checksum on
`;
  const channel =
    more.length === 0
      ? `    UDP {
        IPv4_address ${own}
        IPv4_Destination_Address ${peer}
        Port ${syncPort}
        Interface ${link}
${buffers}    }
`
      : `    Multicast {
        IPv4_address ${syncGroup}
        Group ${syncPort}
        IPv4_interface ${own}
        Interface ${link}
${buffers}    }
`;
  const ignored = [...new Set(["127.0.0.1", ...options.ownAddresses])].map(
    (one) => `            IPv4_address ${address(one, "ownAddresses of conntrackd")}\n`,
  );
  return `# Tells the other gateways of the connections that are led through this one.
Sync {
    Mode ${more.length === 0 ? "FTFW" : "NOTRACK"} {
        StartupResync yes
        DisableExternalCache no
        PurgeTimeout 60
    }
${channel}    Options {
        TCPWindowTracking no
    }
}

General {
    Systemd yes
    HashSize ${Math.max(1024, Math.ceil(most / 8))}
    HashLimit ${most * 2}
    Syslog on
    LockFile ${conntrackdLock}
    UNIX {
        Path /run/conntrackd.ctl
    }
    NetlinkBufferSize 2097152
    NetlinkBufferSizeMaxGrowth 8388608
    NetlinkOverrunResync yes
    EventIterationLimit ${eventsAtOnce}
    Filter From Userspace {
        Protocol Accept {
${toldProtocols.map((protocol) => `            ${protocol}\n`).join("")}        }
        Address Ignore {
${ignored.join("")}        }
    }
}
`;
}

/** What both scripts below begin with. */
function tools(addresses: readonly string[]): string {
  const any = addresses.map((one) => address(one, "addresses of conntrackd").replaceAll(".", "\\.")).join("|");
  return `failed=''
conntrackd() {
  timeout 5 /usr/sbin/conntrackd -C ${natTree}/conntrackd/conntrackd.conf "$1" >/dev/null || failed="$failed $1"
}

# Does this host have an address that connections are led from?
leads() {
  ip -o -4 address show | grep -qE ' (${any})/'
}
`;
}

const report = `if [ -n "$failed" ]; then
  echo "conntrackd failed:$failed" >&2
  exit 1
fi
`;

/**
 * `vip-events/<virtual IP on the input side>`: told by keepalived of each change (see `vipEvents`). Who takes over puts
 * what it was told into its kernel, and tells the others anew; who has handed over forgets after a minute what it has in
 * its kernel, unless it takes over again, and asks the new holder for all of it.
 *
 * @param addresses the virtual IPs that connections are led from; who keeps one of them forgets nothing
 */
export function conntrackdMoved(addresses: readonly string[]): string {
  return `#!/bin/sh
# Told of the new state of this host: MASTER, BACKUP, FAULT, STOP.
${tools(addresses)}
if [ "$1" = MASTER ]; then
  conntrackd -c
  conntrackd -f
  conntrackd -R
  conntrackd -B
else
  leads || conntrackd -t
  [ "$1" != BACKUP ] || conntrackd -n
fi
${report}`;
}

/**
 * `conntrackd/started`: told when conntrackd has been started. What the kernel of a host has that leads no connections is of
 * former times, and who was to forget it a minute after handing over may have been the conntrackd before. A connection
 * whose source port outside one of those still has is refused by the kernel when this host takes over: it would end.
 */
export function conntrackdStarted(addresses: readonly string[]): string {
  return `#!/bin/sh
${tools(addresses)}
if ! leads; then
  conntrackd -t
  # Putting into the kernel what it was told calls the forgetting off: it has become the holder meanwhile.
  ! leads || conntrackd -c
fi
${report}`;
}

/**
 * `systemd/conntrackd.conf`, a drop-in for Debian's `conntrackd.service`. It counts as started two seconds later, when it
 * has been told what the others know: keepalived waits for it, so that a host that returns does not take the address back
 * before it knows the connections. What `conntrackdStarted` has to complain of stands in the journal, and is no reason to start it again.
 */
export function conntrackdDropIn(): string {
  return `# Runs conntrackd from ${natTree}/conntrackd
[Unit]
After=gatebox-nat.service
StartLimitIntervalSec=0

[Service]
ExecStartPre=-/sbin/modprobe nf_conntrack_netlink
ExecStartPre=/bin/rm -f ${conntrackdLock}
ExecStart=
ExecStart=/usr/sbin/conntrackd -C ${natTree}/conntrackd/conntrackd.conf
ExecStartPost=/bin/sleep 2
ExecStartPost=-${natTree}/conntrackd/started
OOMScoreAdjust=-500
Restart=always
RestartSec=200ms
`;
}
