import { hkdfSync } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Box } from "../box/index.ts";

/** All secrets of a cluster of Consul: a pure function of one, which alone is kept in the state. */
export interface ConsulSecrets {
  /** What members encrypt their gossip with: 32 bytes in Base64. */
  readonly gossipKey: string;
  /** The token that may do all. */
  readonly management: string;
  /** The token of a policy. */
  readonly tokenOf: (policy: string) => { readonly accessor: string; readonly secret: string };
}

/** @param secret long and random; who has it may do all. */
export function consulSecretsOf(secret: string): ConsulSecrets {
  const derived = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync("sha256", secret, "", `gatebox consul ${purpose}`, bytes));
  return {
    gossipKey: derived("gossip", 32).toString("base64"),
    management: uuid(derived("management", 16)),
    tokenOf: (policy) => ({ accessor: uuid(derived(`accessor ${policy}`, 16)), secret: uuid(derived(`token ${policy}`, 16)) }), // prettier-ignore
  };
}

/** Sixteen bytes as a UUID of version 4 (RFC 9562): the form of Consul's tokens. */
function uuid(bytes: Buffer): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What is wrong with a gossip key, without a word of what it is; undefined for one that is. */
export function gossipKeyFault(key: string): string | undefined {
  const bytes =
    /^[A-Za-z0-9+/]+={0,2}$/.test(key) && key.length % 4 === 0 ? Buffer.from(key, "base64").length : undefined;
  if (bytes === 32) return undefined;
  const found = bytes === undefined ? "is not Base64" : `has ${bytes} bytes`;
  return `${found}, and a gossip key has 32 in Base64: "consul keygen" makes one, or leave it out and it is generated`;
}

/** Keys apart from the boxes: a box is plain data that a stack exports. */
const kept = new WeakMap<Box, pulumi.Input<string>>();

/** Keeps the gossip key of a box, a secret, for its `ConsulCluster`. */
export function keepGossipKey(box: Box, key: pulumi.Input<string>): void {
  kept.set(box, key);
}

/** The gossip key of a box, where it came with the box. */
export function keptGossipKey(box: Box): pulumi.Input<string> | undefined {
  return kept.get(box);
}
