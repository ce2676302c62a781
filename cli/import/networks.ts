import { show } from "../../box/printable.ts";
import { addressNumber, addressText, contains, isAddress, rangeOf } from "../../box/ipv4.ts";
import { commonest } from "./commonest.ts";
import type { Entry } from "./entry.ts";
import { listed } from "./listed.ts";
import type { Notes } from "./notes.ts";

/** Networks of boxes have this prefix where no address says another one: it is that of the documents. */
const USUAL_PREFIX = 24;

/** The prefix of a single IPv4 address. */
const LONGEST_PREFIX = 32;

/** A prefix that stands beside a host's address, and where. */
interface StatedPrefix {
  readonly prefix: number;
  readonly path: string;
}

/** A host's address on a network. */
interface Placed {
  readonly host: string;
  readonly address: string;
}

/** The networks of an inventory, which says of them only what stands beside the hosts' addresses. */
export class Networks {
  readonly #notes: Notes;
  readonly #stated = new Map<string, StatedPrefix[]>();

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** Reads a host's address, `192.168.1.11/24` or `192.168.1.11/255.255.255.0`. Returns it without its prefix. */
  addressOn(network: string, entry: Entry | undefined): string {
    const [, address = "", written] = /^([^/]*)(?:\/(.*))?$/s.exec(entry?.text() ?? "") ?? [];
    if (entry === undefined || written === undefined) return address;
    const prefix = prefixOf(written.trim());
    if (prefix === undefined) {
      const message =
        `${show(written)} is neither a prefix from 0 to ${LONGEST_PREFIX} nor a mask: left out; another host's counts ` +
        `for ${network}, else /${USUAL_PREFIX}`;
      this.#notes.changed(entry.path, message);
    } else this.#stated.set(network, [...(this.#stated.get(network) ?? []), { prefix, path: entry.path }]);
    return address;
  }

  /** The section `networks`. */
  section(hosts: Readonly<Record<string, { readonly addresses: Readonly<Record<string, string>> }>>) {
    const placed = Object.entries(hosts).flatMap(([host, { addresses }]) =>
      Object.entries(addresses).map(([network, address]) => ({ network, host, address })),
    );
    const section: Record<string, string> = {};
    for (const network of new Set(placed.map((place) => place.network))) {
      const known = placed.filter((place) => place.network === network && isSound(place.address));
      section[network] = this.#blockOf(network, known);
    }
    return section;
  }

  #blockOf(network: string, placed: readonly Placed[]): string {
    const steps = ["networks", network];
    const prefix = this.#agreed(network);
    const block = mostShared(placed, prefix ?? USUAL_PREFIX);
    if (block === undefined) return this.#notes.fill(steps, "its block of addresses; no host has one there");
    // Of an address outside of a block that the inventory states, the preview says what it says of any such address.
    if (prefix !== undefined) return block;
    const outside = placed.filter(({ address }) => !contains(rangeOf(block), address));
    if (outside.length === 0) {
      this.#notes.check(steps, `${block} is what the hosts' addresses let guess; the inventory does not say it`);
      return block;
    }
    const wide = around(placed.map(({ address }) => addressNumber(address)));
    const strays = listed(outside.map(({ host, address }) => `${host} (${address})`));
    const message =
      `${wide} is what the hosts' addresses let guess, so wide because of ${strays}; without that it is ${block}: the ` +
      `inventory does not say which`;
    this.#notes.check(steps, message);
    return wide;
  }

  /** The prefix that the inventory states, if it does; what contradicts it is reported. */
  #agreed(network: string): number | undefined {
    const stated = this.#stated.get(network) ?? [];
    const prefix = commonest(stated.map((each) => each.prefix));
    const first = stated.find((each) => each.prefix === prefix);
    for (const other of stated) {
      if (!first || other.prefix === prefix) continue;
      const message = `/${other.prefix} contradicts /${first.prefix} of ${first.path}: ${network} is written with /${first.prefix}`;
      this.#notes.changed(other.path, message);
    }
    return prefix;
  }
}

/** Whether a text is an address, each part of it at most 255. */
function isSound(text: string): boolean {
  return isAddress(text) && text.split(".").every((part) => Number(part) <= 255);
}

/** `24` and `255.255.255.0` are 24; what is neither a prefix nor a mask is nothing. */
function prefixOf(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written) <= LONGEST_PREFIX ? Number(written) : undefined;
  if (!isSound(written)) return undefined;
  const prefix = LONGEST_PREFIX - Math.log2(2 ** LONGEST_PREFIX - addressNumber(written));
  return Number.isInteger(prefix) ? prefix : undefined;
}

function blockAround(number: number, prefix: number): string {
  return `${addressText(rangeOf(`${addressText(number)}/${prefix}`).first)}/${prefix}`;
}

/** The block with this prefix that most addresses lie in. */
function mostShared(placed: readonly Placed[], prefix: number): string | undefined {
  return commonest(placed.map(({ address }) => blockAround(addressNumber(address), prefix)));
}

/** The smallest block with all addresses. */
function around(numbers: readonly number[]): string {
  let prefix = LONGEST_PREFIX;
  while (prefix > 0 && new Set(numbers.map((number) => blockAround(number, prefix))).size > 1) prefix--;
  return blockAround(numbers[0] ?? 0, prefix);
}
