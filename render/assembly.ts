/** How programs and assemblies describe themselves, for everybody who must know of all of them. */
import type { Box, Host, VirtualIp } from "../box/model.ts";
import type { TreeFile } from "./treeFile.ts";

/** A program of the distribution that an assembly runs. */
export interface Program {
  /** Its name in messages and documents, for example `HAProxy`. */
  readonly name: string;
  /** Debian packages that it needs, those of its scripts included. */
  readonly packages: readonly string[];
  /** Packages that the distribution does not have, and the entry of `aptRepositories` that they come from. @default none */
  readonly fromRepository?: { readonly repository: string; readonly packages: readonly string[] };
  /** systemd units that the packages would start with the distribution's own configuration: masked until configured. */
  readonly maskedUntilConfigured: readonly string[];
}

/** A port that an assembly opens on one network of its host, or an IP protocol without ports. */
export type OpenPort = {
  /** The network of the box whose interface it is open on. */
  readonly network: string;
  /** Addresses and networks in CIDR notation that may use it, all of one family. @default everybody on the network */
  readonly from?: readonly string[];
  /** What listens there, for the rule's comment and for messages: `HAProxy's metrics`. */
  readonly purpose: string;
  /** Where the stack file says so, for messages: `kubeGateways.metricsPort`. Absent for what follows by itself. */
  readonly path?: string;
  /** Whether what listens does so on all addresses of the host, and the port is free on none of them. @default false */
  readonly everywhere?: boolean;
  /** Whether what listens is a program that the stack does not know: the port is opened, and nothing more. @default false */
  readonly unknownListener?: boolean;
} & (
  | {
      readonly protocol: "tcp" | "udp";
      readonly port: number | { readonly first: number; readonly last: number };
      /**
       * Whether only packets that connection tracking was told to pass over are let in (the border does so for declared
       * ports). @default false
       */
      readonly untrackedOnly?: boolean;
      /**
       * New TCP connections a second of one address, with bursts of twice as many; more are dropped, and asked for again by
       * their sender a second later. @default as many as there are
       */
      readonly newConnectionsPerSecond?: number;
      /**
       * Whether the firewall takes its packets past connection tracking, both ways: who floods the port fills no table that
       * connections through the host are in. For TCP ports below 1024 with one number, which no translation leaves with (see
       * `leastTranslatedPort`). @default false
       */
      readonly untracked?: boolean;
    }
  | { readonly protocol: "vrrp" | "ipip" }
);

/** A TCP port on 127.0.0.1, which no firewall has to open. */
export type LocalPort = Pick<OpenPort, "purpose" | "path"> & { readonly port: number };

/** Where a program tells its metrics, in Prometheus' text format over HTTP. */
export interface MetricsEndpoint {
  /** The job that its samples belong to: `node`, `nginx`. */
  readonly job: string;
  /** The network of the box on which the host is asked, at its own address. */
  readonly network: string;
  readonly port: number;
  /** @default "/metrics" */
  readonly path?: string;
  /** What the question says besides, the same for each of the job: which of its metrics are wanted, say. @default nothing */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
}

/** What tells metrics of a host that no program tells over HTTP, through node exporter's textfile directory. */
export interface MetricsSource {
  /** Its name, which its files on a host have. Sources of one name and script are one: their lists and files are joined. */
  readonly name: string;
  /** Perl, with no more than `perl-base` has; what it may call stands in `metrics/collect.pl`. */
  readonly script: string;
  /** Lines of a file that the script is given. @default none */
  readonly list?: readonly string[];
  /** Seconds that what it tells may be old: 15, or more where to ask costs more. */
  readonly every: number;
  /** Files with another one of which what it tells is old at once. @default none */
  readonly after?: readonly string[];
  /** Virtual IPs of the host with each change of which what it tells is old at once. @default none */
  readonly virtualIps?: readonly string[];
}

/** What makes a host fit to hold a virtual IP. */
export type Track =
  /** A program that answers: watched by its processes, and by asking it for `path`. */
  | {
      readonly kind: "daemon";
      /** Name of its processes, as in `/proc/PID/comm`. */
      readonly process: string;
      readonly address: string;
      readonly port: number;
      readonly path: string;
    }
  /** The host forwards packets. */
  | { readonly kind: "forwarding" }
  /** The interface of the address is up. */
  | { readonly kind: "interface" };

/** What a virtual IP on a host tracks. */
export interface Tracking {
  readonly track: Track;
  /** Networks whose interfaces must be up. */
  readonly networks: readonly string[];
  /** Whether the address is for nothing else, whatever other assemblies serve on its network. @default false */
  readonly exclusive?: boolean;
}

/** What is done to a program that runs, so that it goes by other files. */
export const EffectKind = {
  /** It goes on, and reads them: no connection ends. */
  Reload: "reload",
  /** It is started again. */
  Restart: "restart",
} as const;
/** What is done to a program that runs, so that it goes by other files. */
export type EffectKind = (typeof EffectKind)[keyof typeof EffectKind];

/**
 * What a change of some files does on a host, for whoever reviews the change before it happens. The scripts of the assembly act;
 * `test/render/effects.whole.test.ts` compares.
 *
 * @example { unit: "haproxy.service", does: EffectKind.Reload, files: ["haproxy/"] }
 */
export interface Effect {
  /** The systemd unit that it is done to. */
  readonly unit: string;
  readonly does: EffectKind;
  /**
   * The files of the tree whose change does it: a path, in whose last part one `*` stands for any letters, or the beginning of
   * paths, which ends in a slash.
   */
  readonly files: readonly string[];
  /** Of these, units and drop-ins of which only what stands from `[Service]` on does it. @default none */
  readonly serviceOf?: string;
  /** What users of the box notice meanwhile, as a sentence without its end. @default nothing */
  readonly noticed?: string;
  /** Whether the host gives up the virtual IPs that it holds. @default false */
  readonly givesUpVirtualIps?: boolean;
}

/** What an assembly serves to the users of its host, for whoever looks whether it does. Nobody is told of it by whoever asks. */
export interface Serving {
  /** Where its program tells over HTTP, with 200, that it is well. */
  readonly health: { readonly address: string; readonly port: number; readonly path: string };
  /**
   * What knows which of its routes lead somewhere: HAProxy's command line, whose backends they are, or the files of nginx'
   * upstreams, whose members can be connected to.
   */
  readonly routes:
    { readonly kind: "haproxy"; readonly socket: string } | { readonly kind: "nginx"; readonly upstreams: string };
  /** Where it shows its certificate to clients. @default nowhere */
  readonly shows?: { readonly address: string; readonly port: number };
}

/** A table of nftables that is declared as a whole by one file. */
export interface NftTable {
  readonly family: "inet";
  readonly name: string;
  /** The file of the tree; what it includes is beside it. */
  readonly file: string;
}

/** Clients of an assembly whom another host of its pool serves as well: `gatebox drain` sends them there. */
export interface ClientTraffic {
  /** The network on which they come, to the host's own address or to a virtual IP. */
  readonly network: string;
  /** The TCP ports that they come to; `others`: all that no other assembly of the host opens there. */
  readonly ports: readonly number[] | "others";
  /** The unit that ends, when it is reloaded, connections which clients keep for a next request. @default none */
  readonly reload?: string;
}

/**
 * Programs that are checked, switched and probed together on a host, from one tree (`/etc/gatebox/<name>`).
 *
 * @see registry.ts, which asks all of them
 */
export interface Assembly {
  /** Its name on the host, for example `gateway`. */
  readonly name: string;
  /** The pools of a box whose hosts have it. */
  readonly pools: (box: Box) => readonly string[];
  /** Which of the hosts of these pools. @default all */
  readonly only?: (box: Box, host: Host) => boolean;
  readonly programs: readonly Program[];
  /** The programs as one host has them: some of them, or with packages that the stack names. @default `programs` */
  readonly programsOn?: (box: Box, host: Host) => readonly Program[];
  /** The tables of nftables that are its own: `gatebox verify` compares them with their files. @default none */
  readonly tables?: readonly NftTable[];
  /** What a change of its files does to programs that run. @default nothing */
  readonly effects?: readonly Effect[];
  /** Seconds of a transaction, where a program of it takes longer. @default those of `HostUnit` */
  readonly seconds?: { readonly apply: number; readonly back: number };
  /** The pool's own files on a host. */
  readonly files: (box: Box, host: Host, registry: Registry) => readonly TreeFile[];
  /** Ports that it opens on a host. Everything else is closed. @default none */
  readonly ports?: (box: Box, host: Host) => readonly OpenPort[];
  /** Clients that may be served by another host of the pool. @default none that would be */
  readonly clients?: (box: Box, host: Host) => readonly ClientTraffic[];
  /** Ports on which its programs listen for the host itself. @default none */
  readonly localPorts?: (box: Box, host: Host) => readonly LocalPort[];
  /** Networks from which a host forwards what begins there. @default none */
  readonly forwardsFrom?: (box: Box, host: Host) => readonly string[];
  /** Where its programs tell their metrics. @default nowhere */
  readonly metrics?: (box: Box, host: Host) => readonly MetricsEndpoint[];
  /** What tells metrics of it besides; asked only where the box has monitoring. @default nothing */
  readonly metricsSources?: (box: Box, host: Host) => readonly MetricsSource[];
  /** What users of the host are served by it, for `gatebox status`. @default nothing */
  readonly serves?: (box: Box, host: Host) => Serving;
  /** What a virtual IP of the host tracks because of this assembly; undefined where the address is not for it. */
  readonly tracking?: (box: Box, host: Host, vip: VirtualIp) => Tracking | undefined;
}

/** What an assembly may ask about all of them. */
export interface Registry {
  readonly assemblies: readonly Assembly[];
  /** The assemblies of one host, in the order in which they are made. */
  readonly assembliesOf: (box: Box, host: Host) => readonly Assembly[];
  /** All ports that are open on a host, of all its assemblies. */
  readonly portsOf: (box: Box, host: Host) => readonly OpenPort[];
  /** All networks from which a host forwards what begins there. */
  readonly forwardsFrom: (box: Box, host: Host) => readonly string[];
  /** Where a host tells metrics, of all its assemblies. */
  readonly metricsOf: (box: Box, host: Host) => readonly MetricsEndpoint[];
  /** What tells metrics of a host besides, of all its assemblies. */
  readonly metricsSourcesOf: (box: Box, host: Host) => readonly MetricsSource[];
  /** What a virtual IP on a host tracks: what it is for follows from the assemblies of the host. */
  readonly trackingOf: (box: Box, host: Host, vip: VirtualIp) => Tracking;
}
