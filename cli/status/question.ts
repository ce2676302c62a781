/** What `gatebox status` asks hosts: two constant scripts, which arrive by standard input and end by themselves. */
import type { Box, Host } from "../../box/model.ts";
import { certificatesSource } from "../../render/certificates/index.ts";
import { registry } from "../../render/registry.ts";
import { allProgramsOn } from "../../render/registryOf.ts";
import { script } from "../../render/script.ts";
import { limits } from "../limits.ts";
import { firstLine } from "./facts.ts";
import { firstServingLine } from "./serving.ts";

/** Root's part of a host is asked by root: as `up` does it, with sudo where the user is another. */
const asRoot = (shell: string): string =>
  `timeout -k 1 ${limits.answerSeconds} sh -c 'if [ "$(id -u)" = 0 ]; then exec ${shell}; else exec sudo -n ${shell}; fi'`;

/** What runs on a host. */
export const statusQuestion = {
  command: asRoot("sh -s"),
  script: script(import.meta.dirname, "facts.sh"),
  mark: firstLine,
} as const;

/** What it serves. Behind the script's end stands what each host is asked for. */
export const servingQuestion = {
  command: asRoot("perl -"),
  script: script(import.meta.dirname, "host/serving.pl"),
  mark: firstServingLine,
} as const;

/** A program of a host, and the package that its version is that of. */
export interface VersionedProgram {
  readonly program: string;
  readonly package: string;
}

/** The programs of a host, each once. */
export function versionedPrograms(box: Box, host: Host): readonly VersionedProgram[] {
  const programs = allProgramsOn(registry, box, host);
  const all = programs.flatMap(({ name, packages, fromRepository }) => {
    const main = fromRepository?.packages[0] ?? packages[0];
    return main === undefined ? [] : [{ program: name, package: main }];
  });
  return [...new Map(all.map((one) => [one.package, one])).values()];
}

/** The script for one host with its questions, a thing in a line; `host/serving.pl` says what they mean. */
export function servingScript(box: Box, host: Host): string {
  const lines = [
    ...versionedPrograms(box, host).map((one) => `package ${one.package}`),
    ...registry.assembliesOf(box, host).flatMap(({ name, serves }) => {
      if (serves === undefined) return [];
      const { health, routes, shows } = serves(box, host);
      return [
        `health ${name} ${health.address} ${health.port} ${health.path}`,
        routes.kind === "haproxy" ? `haproxy ${name} ${routes.socket}` : `nginx ${name} ${routes.upstreams}`,
        ...(shows === undefined ? [] : [`shown ${shows.address} ${shows.port}`]),
      ];
    }),
    ...certificateLists(box, host).map((files) => `certificate ${files}`),
  ];
  return `${servingQuestion.script}__END__\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** The certificates whose end monitoring is told. */
function certificateLists(box: Box, host: Host): readonly string[] {
  return registry
    .metricsSourcesOf(box, host)
    .flatMap(({ name, list = [] }) => (name === certificatesSource ? list : []));
}
