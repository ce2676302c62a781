import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { parseBox } from "../box/index.ts";
import { picture } from "./picture.ts";

/** Where the README looks for the picture. */
export const pictureFile = new URL("request.svg", import.meta.url);

/** A host key in the right form that is no machine's: the model wants one of each host, and the picture shows none. */
const anyKey = `ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0\x20${"\0".repeat(32)}`).toString("base64")}`;

/** The picture of the path of a request through the Protobox, drawn from its stack file. */
export function requestPicture(): string {
  const text = readFileSync(new URL("../Pulumi.protobox.yaml", import.meta.url), "utf8");
  const { config } = parse(text) as { config: Record<string, object> };
  const values = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("gatebox:", ""), value]));
  const knownHosts = Object.keys(values["hosts"] ?? {}).map((host) => `${host} ${anyKey}\n`);
  return picture(parseBox({ name: "protobox", values, readFile: () => undefined, knownHosts: knownHosts.join("") }));
}
