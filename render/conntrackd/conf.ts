/** What keeps the gateways of a pool in step about connections: conntrackd 1.4.7, the version of Debian 12. */
import { address, networkInterface, wholeNumber } from "../scalars.ts";

/**
 * conntrackd's own port, and the group that it sends to where there are more than two gateways. A switch that listens in on
 * IGMP passes on only what goes to a group that it finds members of when it asks.
 */
export const syncPort = 3780;
const syncGroup = "225.0.0.50";

export const conntrackdLock = "/run/gatebox-conntrackd.lock";

/**
 * Events of the kernel that conntrackd takes up before it reports them to the others. Of a connection that ends, and begins
 * again from the same port in the same batch (100 events by default), 1.4.7 reports but a change: the others keep the source
 * port that the previous one had outside, and what goes on there after a failover is another connection to the far end. With
 * one at a time it reports the end first (`cache_del` of the dead entry would take that out of the queue). The price is
 * processor time: for a connection that comes and goes 60 to 80 µs instead of 10 to 50 (measured on the lab, 6,000 at a time).
 */
const eventsAtOnce = 1;

/**
 * Seconds after handing over until a gateway forgets what it has in its kernel (60 by default). Connections that begin meanwhile may have
 * source ports outside that others of those had; of them the kernel would refuse all when the gateway takes over again. So it is as
 * short as it can be: what the new holder hears of this forgetting must not reach it before it has put the connections into its own
 * kernel, which has taken two seconds on a busy host.
 */
const forgetsAfter = 10;

/** Protocols whose connections are reported, by their names in /etc/protocols. */
const reportedProtocols: readonly string[] = ["TCP", "UDP", "SCTP", "DCCP", "ICMP"];

export interface ConntrackdOptions {
  /** Where the gateways report to each other, this host's own address there, and the others'. */
  readonly interface: string;
  readonly ownAddress: string;
  readonly peers: readonly string[];
  /** Addresses of the gateways themselves, theirs and virtual ones: connections that end there are not forwarded. */
  readonly ownAddresses: readonly string[];
  /** How many connections a gateway tracks at most. */
  readonly conntrackMax: number;
}

/**
 * `conntrackd/conntrackd.conf`. Each change of a connection goes to the others; they keep what is reported outside of
 * their kernel until one of them takes over and commits it (`moved.sh`).
 *
 * Two gateways use unicast, and confirm what they hear (FTFW). More of them use multicast, since conntrackd takes
 * one peer only, and confirm nothing (NOTRACK): FTFW numbers messages between two, and of three the third would drop what
 * one reports with a lower number than the other's. What is lost on the way is reported with the connection's next change, or
 * when another gateway takes over and reports all.
 *
 * @throws Error without a peer: there is nobody to report to.
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
        PurgeTimeout ${forgetsAfter}
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
${reportedProtocols.map((protocol) => `            ${protocol}\n`).join("")}        }
        Address Ignore {
${ignored.join("")}        }
    }
}
`;
}
