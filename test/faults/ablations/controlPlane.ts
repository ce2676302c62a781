/** The faults of the Kubernetes API, and the mechanisms that keep its clients from noticing them. */
import { LOAD_BALANCER } from "../faults/api.ts";
import { KUBE } from "../scene.ts";
import { all, type Ablation, type edited } from "./ablation.ts";
import { editedReload, health, noRestart, watch } from "./mechanisms.ts";

const balancer = (sed: string): ReturnType<typeof edited> =>
  editedReload("control-plane", "haproxy/base.cfg haproxy/routes/*.cfg", sed, LOAD_BALANCER);

/** Every ten seconds, so that an API server that is gone is taken for one that is there. */
const seldomAsked = balancer("s/inter [0-9]*ms fastinter [0-9]*ms/inter 10s/; s/ observe layer4 error-limit 3 on-error fastinter//; s/option redispatch 1/no option redispatch/"); // prettier-ignore
const notAskedForReadiness = balancer("/^ *option httpchk/d; /^ *http-check /d");
const sessionsKept = balancer("s/ on-marked-down shutdown-sessions//");

const OUTAGE = "outage while broken";
const SILENCE = "longest silence of a connection";
const ON_MASTERS = { hosts: KUBE.hosts };

export const ofControlPlane: readonly Ablation[] = [
  {
    fault: "api-balancer-killed",
    mechanism: "the health service, and nothing starting HAProxy again",
    breaks: OUTAGE,
    ...ON_MASTERS,
    ...all(health, noRestart(LOAD_BALANCER)),
  },
  { fault: "api-balancer-frozen", mechanism: "the health service", breaks: OUTAGE, ...ON_MASTERS, ...health },
  {
    fault: "api-keepalived-frozen",
    mechanism: "the watch over keepalived",
    breaks: "kube: until one answered",
    ...ON_MASTERS,
    ...watch,
  },
  ...["api-server-killed", "api-server-frozen", "api-power-off", "api-cut-off"].map((fault) => ({
    fault,
    mechanism: "frequent checks of the API servers, and a second try at another one",
    breaks: OUTAGE,
    ...ON_MASTERS,
    ...seldomAsked,
  })),
  ...["api-server-frozen-watch", "api-power-off-watch", "api-cut-off-watch"].map((fault) => ({
    fault,
    mechanism: "the end of sessions with an API server that is not ready",
    breaks: SILENCE,
    ...ON_MASTERS,
    ...sessionsKept,
  })),
  {
    fault: "api-majority-off",
    mechanism: "the question whether an API server is ready (/readyz)",
    breaks: "slowest request",
    ...ON_MASTERS,
    ...notAskedForReadiness,
  },
];
