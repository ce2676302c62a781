/** A host out of traffic: the texts that `gatebox drain`, `undrain` and `reboot` send to hosts. Nothing of them is installed. */
import type { Box, Host } from "../../box/model.ts";
import type { Assembly, ClientTraffic, Registry } from "../assembly.ts";
import { name } from "../scalars.ts";
import { script } from "../script.ts";
import { settings } from "../settings.ts";
import { vipAssembly } from "../vip/index.ts";
import { vipsOfHost } from "../vip/onHost.ts";
import { clientAddresses, clientWords, drainedRules, type ClientAddresses } from "./rules.ts";

/** What is done to a host to take it out of traffic. */
export interface Traffic extends ClientAddresses {
  /** Units that are reloaded, so that connections which clients keep end. */
  readonly reloads: readonly string[];
  /** Assemblies that are not to be changed meanwhile: those with clients, and the virtual IPs with what they are for. */
  readonly assemblies: readonly string[];
}

/** The traffic of a host that another one could take; nothing of it for a host with neither clients nor virtual IPs. */
export function trafficOf(box: Box, host: Host, registry: Registry): Traffic {
  const assemblies = registry.assembliesOf(box, host);
  const clients = (assembly: Assembly): readonly ClientTraffic[] => assembly.clients?.(box, host) ?? [];
  const vips = vipsOfHost(box, host);
  const isFor = (assembly: Assembly): boolean =>
    clients(assembly).length > 0 ||
    vips.some((vip) => assembly.name === vipAssembly.name || assembly.tracking?.(box, host, vip) !== undefined);
  return {
    ...clientAddresses(box, host, registry),
    reloads: assemblies.flatMap((assembly) => clients(assembly).flatMap(({ reload }) => reload ?? [])),
    assemblies: assemblies.filter(isFor).map(({ name }) => name),
  };
}

/** Takes a host out of traffic: see `drain.sh`. */
export function drainScript(traffic: Traffic, forced: boolean): string {
  const values = {
    own: clientWords(traffic.own),
    virtual: clientWords(traffic.virtual),
    reloads: traffic.reloads.map((unit) => name(unit, "unit to reload")).join(" "),
    assemblies: words(traffic.assemblies),
    rules: Buffer.from(drainedRules(traffic)).toString("base64"),
    forced: forced ? 1 : 0,
  };
  return `${settings(values)}${script(import.meta.dirname, "drain.sh")}`;
}

/** Gives a host traffic again: see `undrain.sh`. */
export function undrainScript({ assemblies }: Pick<Traffic, "assemblies">): string {
  return `${settings({ assemblies: words(assemblies) })}${script(import.meta.dirname, "undrain.sh")}`;
}

/** Counts the connections that clients have at a host's own addresses: see `remaining.sh`. */
export function remainingScript({ own }: Pick<Traffic, "own">): string {
  return `${settings({ own: clientWords(own) })}${script(import.meta.dirname, "remaining.sh")}`;
}

/**
 * Asks a host how it is: see `ready.sh`.
 *
 * @param announces `begin`: it is about to be drained, and says so to whoever asks; `end`: it is not
 */
export function readyScript(asked: readonly string[], announces: "begin" | "end" | "nothing"): string {
  const said = { begin: "1", end: "0", nothing: "" }[announces];
  return `${settings({ asked: words(asked), announces: said })}${script(import.meta.dirname, "ready.sh")}`;
}

/** Reboots a host: see `reboot.sh`. */
export function rebootScript(): string {
  return script(import.meta.dirname, "reboot.sh");
}

function words(assemblies: readonly string[]): string {
  return assemblies.map((one) => name(one, "assembly")).join(" ");
}
