/** Servers that answer badly, late or not at all: a gateway behind the web servers, a node behind the gateways, or all. */
import { setTimeout as sleep } from "node:timers/promises";
import { hostNamed } from "../../../lab/inventory.ts";
import { dropIncoming, dropNothing, onHost } from "../breaking.ts";
import { fault, type Fault } from "../fault.ts";
import { BROKEN } from "../probe/options.ts";
import { startBadServer, type Recording } from "../probe/start.ts";
import { EDGE, SERVICE, SERVICE_PORT, type Scene } from "../scene.ts";

const GATEWAY = "gateway-1";
const GATEWAYS = [GATEWAY, "gateway-2", "gateway-3"];

/** The limit for a connection, of web servers and gateways alike (1 s), and then what a healthy one takes when it is busy. */
const SLOWEST_MS = 1500;

/** Below the limit for a connection: none of these requests has waited for the broken one. */
const UNAFFECTED_MS = 1000;

/** What all of these have in common. */
const behind = { vips: [EDGE], probe: SERVICE, needs: GATEWAYS };

async function stopHaproxy({ lab }: Scene, gateways: readonly string[] = [GATEWAY]): Promise<void> {
  await Promise.all(gateways.map((gateway) => onHost(lab, gateway, "systemctl stop haproxy")));
}

async function startHaproxy({ lab }: Scene, gateways: readonly string[] = [GATEWAY]): Promise<void> {
  await Promise.all(gateways.map((gateway) => onHost(lab, gateway, "systemctl start haproxy")));
}

/**
 * A server in the place of a gateway's HAProxy, on its own address and port, so that the border lets requests pass.
 *
 * @param brokenSeconds nginx passes over a gateway that refused for five seconds, as this one did while its servers
 * changed places, and then waits for one answer before it asks again
 */
function replaced(
  status: number,
  delayMs: number,
  brokenSeconds: number,
): Pick<Fault, "break" | "heal" | "brokenSeconds"> {
  let server: Recording<void> | undefined;
  return {
    break: async (scene) => {
      await stopHaproxy(scene);
      const address = hostNamed(GATEWAY).addresses["gateway-network"] ?? "";
      server = startBadServer(scene.lab, GATEWAY, { address, port: SERVICE_PORT, status, delayMs });
      await server.begun;
    },
    heal: async (scene) => {
      await server?.stop();
      await startHaproxy(scene);
    },
    brokenSeconds,
  };
}

/** A third of the requests is what the broken gateway gets; it must not get more because it answers fast. */
const elsewhere = { than: BROKEN, slowestMs: UNAFFECTED_MS, brokenOf100: 45 };

export const backends: readonly Fault[] = [
  fault({
    name: "backend-refuses",
    title: "a gateway refuses connections",
    ...behind,
    break: (scene) => stopHaproxy(scene),
    heal: (scene) => startHaproxy(scene),
    expect: { lost: 0, slowestMs: SLOWEST_MS },
  }),
  fault({
    name: "backend-blackholes",
    title: "a gateway swallows connections without a word",
    ...behind,
    break: ({ lab }) => dropIncoming(lab, GATEWAY, `iifname "gateway-network" tcp dport ${SERVICE_PORT}`),
    heal: ({ lab }) => dropNothing(lab, GATEWAY),
    brokenSeconds: 5,
    expect: { lost: 0, slowestMs: SLOWEST_MS },
  }),
  fault({
    name: "node-blackholes",
    title: "a node swallows the gateways' connections without a word",
    ...behind,
    break: ({ lab }) => dropIncoming(lab, GATEWAY, `iifname "box-network" tcp dport ${SERVICE_PORT}`),
    heal: ({ lab }) => dropNothing(lab, GATEWAY),
    brokenSeconds: 8,
    expect: { lost: 0, slowestMs: SLOWEST_MS },
  }),
  fault({
    name: "backend-flaps",
    title: "a gateway refuses connections and takes them by turns",
    ...behind,
    break: async (scene) => {
      for (let turn = 0; turn < 5; turn += 1) {
        await stopHaproxy(scene);
        await sleep(300);
        await startHaproxy(scene);
        await sleep(300);
      }
    },
    heal: (scene) => startHaproxy(scene),
    brokenSeconds: 1,
    expect: { lost: 0, slowestMs: SLOWEST_MS },
  }),
  fault({
    name: "backend-errs",
    title: "a gateway answers every request with 500",
    ...behind,
    ...replaced(500, 0, 12),
    // Its answers are answers, and pass; nobody else's requests may suffer.
    expect: { unanswered: 0, elsewhere },
  }),
  fault({
    name: "backend-slow",
    title: "a gateway answers every request after three seconds",
    ...behind,
    ...replaced(200, 3000, 20),
    // A slow answer is an answer: asking another server again would do the work twice.
    expect: { lost: 0, elsewhere },
  }),
  fault({
    name: "all-backends-refuse",
    title: "all gateways refuse connections",
    ...behind,
    break: (scene) => stopHaproxy(scene, GATEWAYS),
    heal: (scene) => startHaproxy(scene, GATEWAYS),
    expect: { unanswered: 0, slowestMs: SLOWEST_MS, wholeWithinMs: 500 },
  }),
];
