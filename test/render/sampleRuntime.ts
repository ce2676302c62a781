/** A box whose hosts run containers. */
import { readFileSync } from "node:fs";
import type { Box } from "../../box/index.ts";
import type { Changes } from "../box/edit.ts";
import { parseProtobox } from "../box/parsing.ts";

const certificate = readFileSync(new URL("../components/certificate.pem", import.meta.url), "utf8");

/** A runtime that uses all that there is. */
export const sampleRuntime = {
  pools: ["kube-gateway-pool", "nodes-pool"],
  network: "box-network",
  sandboxImage: "registry.protobox/pause:3.9",
  restrictOomScoreAdj: true,
  proxy: { http: "http://proxy.site:3128", noProxy: [".site"] },
  settings: { enable_unprivileged_ports: true, stream_idle_timeout: "1h0m0s" },
  registries: {
    "registry.protobox": { ca: "ca.pem", username: "puller" },
    "git.site:5050": { username: "deploy", authentication: "token", checked: false },
    "docker.io": {
      mirrors: [
        { url: "https://mirror.site:5000", ca: "ca.pem" },
        { url: "https://other.site", resolves: false },
      ],
    },
  },
};

/** The Protobox with such a runtime. */
export function runtimeBox(changes: Changes = {}): Box {
  return parseProtobox({ containerRuntime: { ...sampleRuntime, ...changes } }, { files: { "ca.pem": certificate } });
}
