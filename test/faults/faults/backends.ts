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

/**
 * The web servers' limit for a connection (`proxy_connect_timeout 1s`), and half a second for the next gateway's answer:
 * 1,137 ms were seen on a machine with ten processes for each processor.
 */
const SLOWEST_MS = 1500;

/**
 * A kept connection to a node is found to stall within 0.8 s (see render/stalled/), which is more than the gateways'
 * limit for a new one (`timeout connect 500ms`); and half a second for another node's answer: 907 ms were seen on the
 * same machine.
 */
const SLOWEST_BEHIND_GATEWAYS_MS = 1300;

/**
 * Below the web servers' limit for a connection: none of these requests has waited for the broken one. A refusal is
 * known at once; 227 ms were seen at most.
 */
const UNAFFECTED_MS = 1000;

/** How often a gateway that flaps refuses. */
const TURNS = 5;

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
      // Also where the server has ended by itself, which is an error.
      try {
        await server?.stop();
      } finally {
        await startHaproxy(scene);
      }
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
    expect: { lost: 0, slowestMs: UNAFFECTED_MS },
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
    expect: { lost: 0, slowestMs: SLOWEST_BEHIND_GATEWAYS_MS },
  }),
  fault({
    name: "backend-flaps",
    title: "a gateway refuses connections and takes them by turns",
    ...behind,
    break: async (scene) => {
      for (let turn = 0; turn < TURNS; turn += 1) {
        await stopHaproxy(scene);
        await sleep(300);
        await startHaproxy(scene);
        await sleep(300);
      }
    },
    heal: (scene) => startHaproxy(scene),
    brokenSeconds: 1,
    turns: TURNS,
    expect: { lost: 0, slowestMs: UNAFFECTED_MS },
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
    expect: { unanswered: 0, slowestMs: UNAFFECTED_MS, wholeWithinMs: 500 },
  }),
];
