import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { referenceTo } from "../../schema/references.ts";
import { port } from "../../schema/scalars.ts";
import { alertmanager } from "./alertmanager.ts";
import { prometheus } from "./prometheus.ts";

/** Section `monitoring`: what is told of each host, to whom, and the servers that ask and raise alarm. */
export const schema = closed({
  pool: referenceTo("pools").describe("Pool of the hosts that monitoring runs on: only they are let in."),
  networks: z
    .array(referenceTo("networks"))
    .min(1, "is empty: name the networks on which monitoring asks hosts")
    .describe("Networks on which monitoring asks: of these the first that a host is on."),
  nodeExporter: closed({
    port: port.default(9100).describe("Port of the node exporter. Default 9100."),
  })
    .prefault({})
    .describe("Prometheus' node exporter, on every host that the stack configures."),
  nginxExporter: closed({
    port: port.default(9113).describe("Port of the exporter of nginx' metrics. Default 9113."),
  })
    .prefault({})
    .describe("What tells nginx' connections and requests, on every web server."),
  network: referenceTo("networks")
    .optional()
    .describe(
      "Network on which Prometheus and Alertmanager listen. Default: the web servers' `upstreamNetwork` where all hosts of " +
        "`pool` are on it, else the first of `networks` that they are all on.",
    ),
  url: z
    .string()
    .optional()
    .describe(
      "Beginning of the links in messages, `https://protobox.test`; `/prometheus/` and `/alertmanager/` follow. Default: " +
        "where `tools` has them, else the servers' own addresses.",
    ),
  prometheus: prometheus
    .optional()
    .describe("Prometheus on every host of `pool`, each complete. Without this key none is installed."),
  alertmanager: alertmanager
    .optional()
    .describe("Alertmanager on every host of `pool`, one cluster that sends one message for one fault."),
})
  .optional()
  .describe("What monitoring gets of each host, and who may ask. Without this section nothing is installed for it.");
