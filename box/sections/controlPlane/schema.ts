import { z } from "zod";
import { isAddress } from "../../ipv4.ts";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";

/** Words of the documents, of kubeadm and of HAProxy, and what stands for them here. */
const explainKey: KeyExplanation = (key) => {
  switch (key) {
    case "vip":
      return "write virtualIp, the name of a VIP under virtualIps";
    case "pool":
    case "network":
      return "those of the VIP are meant (virtualIps): remove it";
    case "name":
    case "certSANs":
      return "write serverNames, a list";
    case "controlPlaneEndpoint":
      return "write serverNames and port";
    case "caFile":
    case "certificateAuthority":
      return "write ca";
    default:
      return undefined;
  }
};

const serverName = z
  .string()
  .max(253, "is not a host name: it is longer than 253 characters")
  .regex(/^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, {
    error: "is not a host name: write it in lower case, without scheme, port or path",
    abort: true,
  })
  .refine((name) => !isAddress(name), "is an address: that of the VIP is among what certificates must carry already");

// More often than ten times a second checks only burden the masters; after ten seconds nobody waits for another master.
const noTime = "is not a time limit: write 100 to 10000 (milliseconds)";
const milliseconds = z.int().min(100, noTime).max(10_000, noTime);

const noCount = "is not a number of checks: write 1 to 10";
const count = z.int().min(1, noCount).max(10, noCount);

const check = closed({
  intervalMs: milliseconds.default(250).describe("Milliseconds between checks (default 250)."),
  answerMs: milliseconds
    .default(450)
    .describe(
      "Milliseconds in which `/readyz` has to be answered (default 450). Raise it where masters are slow for long: an API " +
        "server that is silent for so long, twice, gets no more requests.",
    ),
  fall: count.default(2).describe("Failed checks in a row until an API server is taken out (default 2)."),
  rise: count.default(2).describe("Passed checks in a row until it is taken back (default 2)."),
})
  .prefault({})
  .describe("How it is found out that an API server is ready: `GET /readyz` over TLS, on each master.");

/** Section `controlPlane`: the load balancer of the Kubernetes API. */
export const schema = closed(
  {
    virtualIp: referenceTo("virtualIps").describe(
      "VIP that clients of the API ask at. The hosts of its pool are the load balancers, masters or others; its network is " +
        "where masters and clients are.",
    ),
    masters: referenceTo("pools")
      .optional()
      .describe("Pool of the masters, whose API servers are asked. Default: the pool of the VIP."),
    port: port.default(6442).describe("Port of the VIP. Default 6442."),
    apiPort: port.default(6443).describe("Port of the API servers on the masters. Default 6443."),
    serverNames: z
      .array(serverName)
      .default([])
      .describe(
        "Host names under which clients ask, for example `kube.plane.box`. The certificates of all API servers carry each of " +
          "them, and the address of the VIP: up looks.",
      ),
    ca: z
      .string()
      .min(1, "is empty: write the certificate of the cluster's CA in PEM")
      .describe(
        "The cluster's CA, which the certificates of the API servers are checked against: the PEM text itself " +
          "(`/etc/kubernetes/pki/ca.crt`), or the path of a PEM file, relative to the project. While it is changed, both.",
      ),
    metricsPort: port
      .default(8406)
      .describe("Port of the load balancer's own health and metrics, on the hosts' own addresses. Default 8406."),
    etcdMetricsPort: port
      .optional()
      .describe(
        "Port at which etcd tells its metrics by HTTP on each master's own address (etcd's `listen-metrics-urls`; kubeadm has " +
          "`http://127.0.0.1:2381`, where nobody else can ask). Only where the load balancers are the masters. Default: etcd is not watched.",
      ),
    check,
  },
  explainKey,
)
  .optional()
  .describe(
    "The load balancer of the Kubernetes API: HAProxy on the hosts of a VIP, in front of the masters. Leave it out beside " +
      "kube-vip or a cloud's load balancer.",
  );
