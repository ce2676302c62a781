/** Consul as a Debian package, laid out as its vendor's: the program, its unit, its user, and a directory for its data. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { makePackage } from "../aptRepository/index.ts";
import { versions } from "../toolchain/versions.ts";

/** The unit that the package brings. */
export const consulUnitFile = path.join(import.meta.dirname, "consul.service");

/**
 * Makes the package, and returns its path in `directory`.
 *
 * @param program of Consul, see `prepareConsul`
 * @example await makeConsulPackage(directory, await prepareConsul(console.log));
 */
export function makeConsulPackage(directory: string, program: string): Promise<string> {
  const text = (name: string): string => readFileSync(path.join(import.meta.dirname, name), "utf8");
  return makePackage(directory, {
    name: "consul",
    version: `${versions.consul}-1`,
    description: "service discovery and health checks",
    depends: "passwd",
    files: [
      { place: "usr/bin/consul", mode: 0o755, file: program },
      { place: "usr/lib/systemd/system/consul.service", mode: 0o644, file: consulUnitFile },
      { place: "etc/consul.d/consul.hcl", mode: 0o640, text: 'data_dir = "/opt/consul"\n' },
    ],
    scripts: { postinst: text("postinst.sh"), postrm: text("postrm.sh") },
  });
}
