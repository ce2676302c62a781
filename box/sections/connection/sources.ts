import { itemsOf, type Draft } from "../../draft.ts";
import { addressText, isAddress, rangeOf } from "../../ipv4.ts";
import { ipv6Number, ipv6Prefix, ipv6RangeOf } from "../../ipv6.ts";
import { connectedHosts, reachOf } from "../../reach.ts";
import { pathOf, type Violation } from "../../violations.ts";

/** A network that SSH is open to is written by its first address, and is not everybody. */
export function* operatorSources(draft: Draft): Generator<Violation> {
  yield* faultsOf(draft.connection.from, pathOf("connection", "from"));
  for (const [name, { connection }] of draft.hosts)
    yield* faultsOf(connection?.from, pathOf("hosts", name, "connection", "from"));
}

function* faultsOf(sources: Parameters<typeof itemsOf<string>>[0], path: string): Generator<Violation> {
  for (const [index, source] of itemsOf(sources)) {
    const message = faultOf(source);
    if (message !== undefined) yield { path: pathOf(path, index), message };
  }
}

function faultOf(source: string): string | undefined {
  const [first = "", length] = source.split("/");
  if (length === undefined) return undefined;
  if (Number(length) === 0) return `"${source}" is everybody: write the operator's addresses, or leave the list out`;
  const proper = isAddress(first) ? properNetwork(source) : properPrefix(source, first);
  return proper === source
    ? undefined
    : `${source} is an address inside of a network, not the network: write ${proper}, or ${first} alone`;
}

function properNetwork(source: string): string {
  const range = rangeOf(source);
  return `${addressText(range.first)}/${range.prefix}`;
}

function properPrefix(source: string, first: string): string {
  const range = ipv6RangeOf(source);
  return ipv6Number(first) === range.first ? source : ipv6Prefix(range);
}

/** Where clients come from, everybody may try SSH, unless the stack says who it is for. */
export function* sshOpenToClients(draft: Draft): Generator<Violation> {
  const clients = draft.webservers.network;
  if (clients === undefined) return;
  const open = connectedHosts(draft).filter((host) => {
    const { network, from } = reachOf(draft, host);
    return network === clients && from === undefined;
  });
  if (open.length === 0) return;
  const message =
    `is missing, and SSH of ${open.join(", ")} is open to everybody on ${clients}, where clients come from: ` +
    `write the addresses that the operator comes from`;
  yield { path: pathOf("connection", "from"), message };
}
