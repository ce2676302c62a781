/** Ansible, as the other of the two. */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { edgeAuthorityOf } from "../../host/edgeCertificates.ts";
import type { Lab } from "../../lab/state.ts";
import type { Meter } from "../meter.ts";
import { changedTasks, openController } from "./controller.ts";
import { boxOfStackFile, inventoryOf, writeInventory, type Surroundings } from "./inventory.ts";
import type { Peer, Way } from "./peer.ts";

/**
 * @param stackFile what it wants at first
 * @param say called with what is done that takes long
 */
export async function openAnsible(
  lab: Lab,
  meter: Meter,
  stackFile: string,
  say: (line: string) => void,
): Promise<Peer> {
  const directory = path.join(lab.directory, "ansible");
  const controller = await openController(meter.home, directory, say);
  const surroundings = await surroundingsOf(lab, directory, stackFile);
  const want: Peer["want"] = (text) =>
    writeInventory(controller.inventory, inventoryOf(boxOfStackFile(text), surroundings));
  await want(stackFile);
  for (const name of ["bootstrap.yml", "site.yml"]) await controller.play(name, ["--syntax-check"]);
  const way = (name: string, args: readonly string[]): Way => ({
    name,
    apply: async () => {
      const { cost, result } = await meter.measure(() => controller.play("site.yml", args));
      return { cost, changed: changedTasks(result.stdout) };
    },
  });
  return {
    ways: [
      way("`serial: 1`", []),
      way("`serial: 100%`", ["-e", "pool_serial=100%"]),
      way("`serial: 100%`, `--tags config`", ["-e", "pool_serial=100%", "--tags", "config"]),
    ],
    want,
    prepare: async () => (await meter.measure(() => controller.play("bootstrap.yml"))).cost,
    rest: () => controller.disconnect(),
  };
}

/** A certificate like the one that Gatebox makes for the box, and its key, as files of the controller. */
async function surroundingsOf(lab: Lab, directory: string, stackFile: string): Promise<Surroundings> {
  const names = boxOfStackFile(stackFile).webservers?.serverNames ?? [];
  const pair = (await edgeAuthorityOf(randomBytes(32).toString("base64"), "protobox")).pairFor(names);
  const place = (name: string): string => path.join(directory, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(place("certificate.pem"), pair.certificate);
  await writeFile(place("key.pem"), pair.key, { mode: 0o600 });
  return { knownHosts: lab.knownHosts, certificate: place("certificate.pem"), certificateKey: place("key.pem") };
}
