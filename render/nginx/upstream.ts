/** The upstreams of nginx: the gateways that a location leads to. */
import type { Member, Upstream } from "../../box/model.ts";
import { endpoint, name } from "../scalars.ts";

/** The file of an upstream inside the tree. */
export function nginxUpstreamFile(upstream: Pick<Upstream, "name">): string {
  return `nginx/upstreams/${name(upstream.name, "upstream")}.conf`;
}

/**
 * `upstream` over its members. The connections to the gateways stay open for later requests (some four times
 * the requests per second of a new connection for each); nginx gives them up (30 s) before HAProxy does (75 s), so that
 * no request meets a closing one.
 *
 * Each gateway stands there twice. One that failed is passed over for five seconds; should that leave none (two stop
 * just after the third came back), nginx would answer 502 without asking anybody, so then each is tried once more.
 *
 * A gateway that stops closes its connections and is passed over at once, one that swallows new ones within a second. A
 * gateway that loses its power closes nothing, and nginx neither checks upstreams by itself nor limits how long sent data
 * may stay unacknowledged: kept connections to it are ended from outside (see `stalledFiles`).
 *
 * Where the first member answers alone, the next one has so much the more weight that it alone stands in for it.
 * @example nginxUpstream({ name: "stream_argocd", members: [{ name: "gateway-1", address: "192.168.2.11", port: 30165 }] })
 */
export function nginxUpstream(upstream: Upstream): string {
  const own = name(upstream.name, "upstream");
  if (upstream.members.length === 0) throw new Error(`upstream ${own}: without members it cannot serve anything`);
  const server = (member: Member, role: string): string => {
    const where = `upstream ${own}, member ${member.name}`;
    return `    server ${endpoint(member.address, member.port, where)} ${role}; # ${name(member.name, where)}`;
  };
  const { members, firstAlone = false } = upstream;
  const weight = (index: number): string => (firstAlone && index === 1 ? "weight=1000 " : "");
  const servers = [
    ...(firstAlone ? members.slice(0, 1) : members).map((member) => server(member, "max_fails=1 fail_timeout=5s")),
    ...members.map((member, index) => server(member, `max_fails=0 ${weight(index)}backup`)),
  ];
  return `upstream ${own} {
    zone ${own} 64k;
${servers.join("\n")}
    keepalive 16;
    keepalive_timeout 30s;
}
`;
}
