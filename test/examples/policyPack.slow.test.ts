/** The example of a policy pack in the real engine. */
import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { engine, ENGINE_SECONDS, type Engine } from "../package/engine.ts";
import { installedPackage, PREPARING_SECONDS, project } from "../package/packed.ts";
import { knownHosts } from "./running.ts";

/** Past the box: a Service that nobody has declared, and a route of a port that is none of the site's. */
const past = `
import * as kubernetes from "@pulumi/kubernetes";
import { GatewayRoute } from "gatebox";
new kubernetes.core.v1.Service("rogue", { metadata: { name: "rogue" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
const destination = { addresses: [{ name: "database-1", address: "192.168.1.99", port: 5432 }] };
new GatewayRoute("postgres", { box: description, route: { mode: "tcp", port: 20500, destination } });
`;

describe("the engine asks the example of a policy pack", function () {
  this.timeout((PREPARING_SECONDS + 2 * ENGINE_SECONDS) * 1000);
  let root: string;
  let pulumi: Engine;
  let pack: string;

  before(async () => {
    root = mkdtempSync(path.join(await installedPackage(), "policies-"));
    pack = path.join(root, "policy-pack");
    cpSync(path.join(project, "examples"), root, { recursive: true });
    symlinkSync(path.join(project, "node_modules"), path.join(pack, "node_modules"));
    pulumi = await engine();
    startsPacks();
  });
  after(() => {
    pulumi.remove();
    rmSync(root, { recursive: true, force: true });
  });

  /**
   * The language host that can be had here is older than its answer to "run a policy pack": the engine then starts a program that is
   * named after the pack's runtime, with the same words.
   */
  function startsPacks(): void {
    const file = path.join(pack, "PulumiPolicy.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("name: nodejs", "name: lab"));
    const program = path.join(root, "bin", "pulumi-analyzer-policy-lab");
    mkdirSync(path.dirname(program));
    copyFileSync(path.join(import.meta.dirname, "run-policy-pack.sh"), program);
    chmodSync(program, 0o755);
  }

  async function preview(): Promise<{ code: number; said: string }> {
    const directory = path.join(root, "box-in-typescript");
    writeFileSync(path.join(directory, "known_hosts"), knownHosts);
    const main = path.join(directory, "index.ts");
    writeFileSync(main, readFileSync(path.join(project, "examples/box-in-typescript/index.ts"), "utf8") + past);
    await pulumi.pulumi(directory, ["stack", "select", "--create", "protobox"]);
    const PATH = `${path.join(root, "bin")}:${pulumi.env["PATH"] ?? ""}`;
    const { code, stdout, stderr } = await pulumi.pulumi(directory, ["preview", "--policy-pack", pack], { PATH });
    return { code, said: stdout + stderr };
  }

  const lines = (said: string): string[] => [...said.matchAll(/^ +- \[(.*)\] +(\S+) +\((.*)\)$/gm)].map(([, level, rule, whom]) => `${level} ${rule} ${whom}`).sort(); // prettier-ignore

  it("which refuses what is open past the Protobox, nothing of it, and tells what is not protected", async () => {
    const { code, said } = await preview();
    assert.notEqual(code, 0);
    assert.deepEqual(
      lines(said).filter((line) => line.startsWith("mandatory ")),
      [
        "mandatory declared-services-only kubernetes:core/v1:Service: rogue",
        "mandatory ports-of-the-site gatebox:index:GatewayRoute: postgres",
      ],
    );
    assert.ok(
      lines(said).some((line) => line.startsWith("advisory addresses-are-protected gatebox:index:VirtualIps: ")),
    );
    assert.match(said, /postgres: port 20500 is not of those that the site has set aside, 30000 to 32767/);
  });
});
