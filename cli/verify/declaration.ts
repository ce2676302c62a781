/** What a box declares for each host, in the words in which the host is told. */
import { createHash } from "node:crypto";
import type { Box, Host } from "../../box/model.ts";
import { runtimeText } from "../../host/runtimeText.ts";
import { boxUnits, certificateText, secretText, type BoxUnit } from "../../render/boxUnits.ts";
import { registry } from "../../render/registry.ts";
import { allProgramsOn, packagesOf } from "../../render/registryOf.ts";

/** What one host is compared with. */
export interface HostDeclaration {
  /** The lines behind the script's end; `host/begin.pl` says what they mean. */
  readonly lines: readonly string[];
  /** The texts of its files by `ASSEMBLY/PATH`; a secret is not among them, and has a dash in its line. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * What each host of a box is compared with, by its name.
 *
 * @param project the Pulumi project of the box's stack: it is in names of units
 */
export function declarationsOf(box: Box, project: string): ReadonlyMap<string, HostDeclaration> {
  const units = Map.groupBy(boxUnits(box, project), ({ host }) => host);
  const runtime = `runtime ${sumOf(runtimeText())}`;
  const own = [`own ${box.name}.`, `own ${project}.${box.name}.`];
  return new Map(
    Object.values(box.hosts).map((host) => {
      const files = (units.get(host.name) ?? []).flatMap(filesOf);
      const lines = [
        ...own,
        runtime,
        ...files.map(({ line }) => line),
        ...tableLines(box, host, new Set(files.map(({ place }) => place))),
        ...packageLines(box, host),
      ];
      const texts = new Map(files.flatMap(({ place, text }) => (text === undefined ? [] : [[place, text]])));
      return [host.name, { lines, texts }];
    }),
  );
}

function filesOf({ assembly, unit, files }: BoxUnit) {
  return files.map((file) => {
    const isKnown = file.text !== secretText && file.text !== certificateText;
    const text = isKnown ? ended(file.text) : undefined;
    const sum = text === undefined ? "-" : sumOf(text);
    const line = `file ${assembly} ${unit} ${file.path} ${file.mode} ${sum}`;
    return { place: `${assembly}/${file.path}`, text, line };
  });
}

/** The host's runtime ends the last line of each file that has one. */
function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function tableLines(box: Box, host: Host, places: ReadonlySet<string>): string[] {
  return registry
    .assembliesOf(box, host)
    .flatMap(({ name: assembly, tables = [] }) =>
      tables.flatMap(({ family, name, file }) =>
        places.has(`${assembly}/${file}`) ? [`table ${assembly} ${family} ${name} ${file}`] : [],
      ),
    );
}

function packageLines(box: Box, host: Host): string[] {
  const { packages, fromRepositories = {} } = packagesOf(allProgramsOn(registry, box, host));
  return [...new Set([...packages, ...Object.values(fromRepositories).flat()])].map((name) => `package ${name}`);
}
