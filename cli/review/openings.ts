/**
 * What is open on hosts, read from the very texts that they load: the firewall's rules, the border's declared ports, what NAT
 * gateways forward, and the locations of web servers. Rules that every host has (answers, ICMP, neighbours) open nothing.
 */

/** Something that is reached on a host. */
export interface Opening {
  readonly host: string;
  /** The interface that it is open on, or `any but NAME`. */
  readonly link: string;
  /** `tcp`, `udp`, `vrrp`, `ipip`; `location /wiki/`, `forwards to NETWORK` for what has no ports. */
  readonly service: string;
  /** First and last port; 0 where there are none. */
  readonly ports: readonly [first: number, last: number];
  /** Addresses and networks in CIDR notation that may use it. @default everybody on that interface */
  readonly from?: readonly string[];
  /** Why it is open, in the words of the rule, or of whose route it is. */
  readonly by: string;
}

/** A file of a host, with whose it is. */
export interface HostFile {
  readonly host: string;
  readonly assembly: string;
  /** `gatebox.protobox.wiki` */
  readonly unit: string;
  readonly path: string;
  readonly text: string;
}

/** All that is open by some files. */
export function openingsOf(files: readonly HostFile[]): Opening[] {
  const borders = new Map(
    files
      .filter(({ path }) => path === "border/base.nft")
      .map(({ host, text }) => [host, /^define gateway = "([^"]+)"/m.exec(text)?.[1] ?? ""]),
  );
  const firewalls = files
    .filter(({ assembly, path }) => assembly === "firewall" && path === "nft/firewall.nft")
    .flatMap(firewallOpenings);
  const https = new Map(
    firewalls
      .filter(isHttps)
      .reverse()
      .map(({ host, link }) => [host, link]),
  );
  const others = files.flatMap((file) => {
    const { assembly, path } = file;
    if (assembly === "nat" && path === "nft/nat.nft") return forwarded(file);
    if (assembly === "gateway" && path.startsWith("border/ports/")) return [declaredPort(file, borders.get(file.host))];
    if (assembly === "webserver" && path.startsWith("nginx/locations/")) return locations(file, https.get(file.host));
    return [];
  });
  return [...firewalls, ...others];
}

const rule =
  /^(?:iifname (?:"(?<link>[^"]+)"|(?<but>!= )?\{ (?<links>[^}]*) \}) )?(?:(?<family>ip6?) saddr (?:\{ (?<list>[^}]*) \}|(?<one>\S+)) )?(?:ip daddr \{ (?<to>[^}]*) \} )?(?<what>.*?)accept(?: comment "(?<comment>[^"]*)")?$/;

function firewallOpenings({ host, text }: HostFile): Opening[] {
  const lines = chain(text, "input");
  const opened = lines.flatMap((line) => {
    const found = rule.exec(line)?.groups;
    const service = found && serviceOf(found["what"] ?? "");
    if (!found || !service || found["what"]?.includes("socket wildcard")) return [];
    const list = found["list"] ?? found["one"];
    return linksOf(found).flatMap((link) =>
      service.ports.map((ports) => ({
        host,
        link,
        service: service.name,
        ports,
        ...(list === undefined ? {} : { from: list.split(", ") }),
        by: found["comment"] ?? "",
      })),
    );
  });
  const forwards = chain(text, "forward").flatMap((line) => {
    const links = /^iifname \{ ([^}]*) \} accept$/.exec(line)?.[1];
    return links === undefined ? [] : unquoted(links);
  });
  return [
    ...opened,
    ...forwards.map((link) => ({ host, link, service: "forwards", ports: none, by: "the host's forwarding" })),
  ];
}

const none = [0, 0] as const;

/** Undefined for a rule that opens no port by itself: what every host has, and declared ports, which are the border's (`ct state untracked`). */
function serviceOf(what: string): { readonly name: string; readonly ports: readonly Opening["ports"][] } | undefined {
  const [, protocol, ports] = /^(tcp|udp) dport (\{ [^}]* \}|\S+) $/.exec(what) ?? [];
  if (protocol !== undefined && ports !== undefined) return { name: protocol, ports: portRanges(ports) };
  if (/\b(?:protocol|l4proto) 112 $/.test(what)) return { name: "vrrp", ports: [none] };
  if (/^ip protocol 4 $/.test(what)) return { name: "ipip", ports: [none] };
  return undefined;
}

function portRanges(text: string): Opening["ports"][] {
  return text.replace(/[{} ]/g, "").split(",").map((range) => {
    const [first = "", last = first] = range.split("-");
    return [Number(first), Number(last)] as const;
  }); // prettier-ignore
}

function linksOf(found: Readonly<Record<string, string | undefined>>): string[] {
  if (found["link"] !== undefined) return [found["link"]];
  if (found["links"] === undefined) return ["any"];
  const names = unquoted(found["links"]);
  return found["but"] === undefined ? names : [`any but ${names.join(", ")}`];
}

function unquoted(list: string): string[] {
  return list.split(", ").map((name) => name.replaceAll('"', ""));
}

/** The lines of a chain. */
function chain(text: string, name: string): string[] {
  const start = text.indexOf(`    chain ${name} {\n`);
  if (start < 0) return [];
  return text.slice(start, text.indexOf("\n    }", start)).split("\n").slice(1).map((line) => line.trim()); // prettier-ignore
}

/** The border lets declared ports past connection tracking; the firewall's own rule for them names all that could be. */
function declaredPort({ host, unit, path }: HostFile, link = "the gateway network"): Opening {
  const port = Number(/(\d+)\.nft$/.exec(path)?.[1] ?? 0);
  return { host, link, service: "tcp", ports: [port, port], by: ownerOf(unit) };
}

function forwarded({ host, text }: HostFile): Opening[] {
  const found = text.matchAll(/iifname "([^"]+)" oifname "([^"]+)" ip6? saddr (\S+) ct direction original ct state \{ new, established \} accept/g); // prettier-ignore
  return [...found].map(([, link = "", out = "", from = ""]) => ({
    host,
    link,
    service: `forwards to ${out}`,
    ports: none,
    from: [from],
    by: "natGateways",
  }));
}

const isHttps = ({ service, ports: [first, last] }: Opening): boolean =>
  service === "tcp" && first <= 443 && 443 <= last;

/** A location is open to those who reach the web server by HTTPS. */
function locations({ host, unit, text }: HostFile, link = "the clients' network"): Opening[] {
  const found = text.matchAll(/^location (?:\^~ )?(\/\S*) \{/gm);
  return [...found].map(([, location = ""]) => ({
    host,
    link,
    service: `location ${location}`,
    ports: none,
    by: ownerOf(unit),
  }));
}

/** Whose a unit is: `wiki` of `gatebox.protobox.wiki`, and the pool's own of `protobox.pool`. */
function ownerOf(unit: string): string {
  const [, , ...route] = unit.split(".");
  return route.length > 0 ? route.join(".") : "the pool's own routes";
}
