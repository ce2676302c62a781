/** The Kubernetes API behind its address: API servers and load balancers that die, freeze or lose their power. */
import { cutPower, signalService, switchOn } from "../breaking.ts";
import { fault, type Expectation, type Fault } from "../fault.ts";
import { API, API_READS, API_WATCH, KUBE, type Scene } from "../scene.ts";
import { allReady, asked, cutOff, joined, leaderAway, READY_SECONDS } from "./apiServers.ts";
import { frozen, toHolder, WHEN_KILLED } from "./processes.ts";

export const LOAD_BALANCER = "gatebox-control-plane";
const API_SERVER = "kube-apiserver";

/** What clients may notice of an API server that no longer says that it is ready, and of its session that is ended. */
const WHEN_SILENT = { outageMs: 1500, failBackMs: 500 };
const WATCH_GOES_ON = { flowGapMs: 3000 };

/** How one API server is broken, and made whole. */
interface Trouble {
  readonly name: string;
  readonly title: string;
  readonly break: (scene: Scene, master: string) => Promise<void>;
  readonly heal: (scene: Scene, master: string) => Promise<void>;
  readonly expect: Expectation;
}

const troubles: readonly Trouble[] = [
  {
    name: "api-server-killed",
    title: "the API server that is asked killed (-9)",
    break: ({ lab }, master) => signalService(lab, master, API_SERVER, "KILL"),
    heal: () => Promise.resolve(),
    expect: WHEN_KILLED,
  },
  {
    name: "api-server-frozen",
    title: "the API server that is asked frozen (STOP)",
    break: ({ lab }, master) => signalService(lab, master, API_SERVER, "STOP"),
    heal: ({ lab }, master) => signalService(lab, master, API_SERVER, "CONT"),
    expect: WHEN_SILENT,
  },
  {
    name: "api-power-off",
    title: "the power of the master that is asked cut, and switched on again",
    break: ({ lab }, master) => cutPower(lab, master),
    heal: ({ lab }, master) => switchOn(lab, [master]),
    expect: WHEN_SILENT,
  },
  {
    name: "api-cut-off",
    title: "API server and etcd of the master that is asked cut off from the others",
    break: ({ lab }, master) => cutOff(lab, master, "ip protocol != vrrp"),
    heal: ({ lab }) => joined(lab),
    expect: WHEN_SILENT,
  },
];

/** Breaks the API server that is asked, which does not lead etcd, and heals that one. */
function ofAsked({ break: breakIt, heal }: Trouble): Pick<Fault, "break" | "heal" | "moreSeconds"> {
  let master = "";
  return {
    break: async (scene) => {
      master = await asked(scene);
      await leaderAway(scene.lab, master);
      await breakIt(scene, master);
    },
    heal: async (scene) => {
      await heal(scene, master);
      await allReady(scene);
    },
    moreSeconds: READY_SECONDS,
  };
}

/** New requests, and a watch beside writes. */
function both(trouble: Trouble): readonly Fault[] {
  const { name, title, expect } = trouble;
  const common = { vips: [KUBE], brokenSeconds: 6, ...ofAsked(trouble) };
  return [
    fault({ ...common, name, title, probe: API, expect }),
    fault({ ...common, name: `${name}-watch`, title: `${title}, under a watch and writes`, probe: API_WATCH, expect: WATCH_GOES_ON }), // prettier-ignore
  ];
}

/** Frozen, and healed until the holder has the address again: the next fault would begin while it goes back. */
function frozenHolder(service: string): ReturnType<typeof frozen> {
  const { expect, ...rest } = frozen(service);
  return { ...rest, expect: { ...expect, failsBack: true } };
}

/** The masters that do not hold the API's address. */
function othersThan(holder: string): readonly string[] {
  return KUBE.hosts.filter((host) => host !== holder);
}

export const api: readonly Fault[] = [
  fault({
    name: "api-balancer-killed",
    title: "HAProxy of the API killed (-9) on the holder",
    vips: [KUBE],
    probe: API,
    break: toHolder(LOAD_BALANCER, "KILL"),
    expect: { ...WHEN_KILLED, failsBack: true },
  }),
  fault({
    name: "api-balancer-frozen",
    title: "HAProxy of the API frozen (STOP) on the holder",
    vips: [KUBE],
    probe: API,
    ...frozenHolder(LOAD_BALANCER),
  }),
  fault({
    name: "api-keepalived-killed",
    title: "keepalived killed (-9) on the holder of the API's address",
    vips: [KUBE],
    probe: API,
    break: toHolder("keepalived", "KILL"),
    expect: { ...WHEN_KILLED, failsBack: true },
  }),
  fault({
    name: "api-keepalived-frozen",
    title: "keepalived frozen (STOP) on the holder of the API's address",
    vips: [KUBE],
    probe: API,
    ...frozenHolder("keepalived"),
  }),
  fault({
    name: "api-holder-off",
    title: "the power of the master that holds the API's address cut, and switched on again",
    vips: [KUBE],
    probe: API,
    break: async ({ lab, holder }) => {
      await leaderAway(lab, holder);
      await cutPower(lab, holder);
    },
    heal: async (scene) => {
      await switchOn(scene.lab, [scene.holder]);
      await allReady(scene);
    },
    moreSeconds: READY_SECONDS,
    expect: { ...WHEN_SILENT, failsBack: true },
  }),
  ...troubles.flatMap(both),
  fault({
    name: "api-partition",
    title: "a master and the others cannot reach each other, clients reach all",
    vips: [KUBE],
    probe: API,
    break: async ({ lab, other }) => {
      await leaderAway(lab, other);
      await cutOff(lab, other);
    },
    heal: async (scene) => {
      await joined(scene.lab);
      await allReady(scene);
    },
    moreSeconds: READY_SECONDS,
    // Both hold the address meanwhile, and the one that is alone has no API server that is ready: clients that believe it are
    // refused. That nobody waits for it is what can be promised, and that it is over when the network is whole.
    expect: { slowestMs: 10_000, wholeWithinMs: 2000, failsBack: true },
  }),
  fault({
    name: "api-majority-off",
    title: "the power of two of three masters cut, and switched on again",
    vips: [KUBE],
    probe: API_READS,
    break: async ({ lab, holder }) => {
      await Promise.all(othersThan(holder).map((host) => cutPower(lab, host)));
    },
    heal: async (scene) => {
      await switchOn(scene.lab, othersThan(scene.holder));
      await allReady(scene);
    },
    moreSeconds: READY_SECONDS,
    brokenSeconds: 15,
    // With a majority gone nothing is read; what counts is that nobody waits for it, and that it comes back.
    expect: { slowestMs: 10_000, wholeWithinMs: 5000, failsBack: true },
  }),
];
