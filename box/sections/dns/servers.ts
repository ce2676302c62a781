/** Name servers that are asked, as they are written: `9.9.9.9`, or `192.168.1.7#8600` for another port than 53. */
import { z } from "zod";
import { addressOfAnyFamily } from "../../schema/scalars.ts";

/** A name server, taken apart. */
export interface NameServer {
  readonly address: string;
  readonly port: number;
}

/** Takes apart what the schema has accepted. */
export function nameServer(written: string): NameServer {
  const [address = "", port = "53"] = written.split("#");
  return { address, port: Number(port) };
}

/** Where nobody answers, or the resolver of the host itself, which asks the box's name servers in turn. */
function fault(written: string): string | undefined {
  const [address = "", port, ...more] = written.split("#");
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535);
  if (more.length > 0 || !isPort || !addressOfAnyFamily.safeParse(address).success)
    return "is not a name server: write its address, and where its port is not 53 `#` and the port, such as 192.168.1.7#8600";
  const first = address.includes(":") ? 0 : Number(address.split(".")[0]);
  if (
    (address.includes(":") && /^(?:::|ff)/i.test(address) && address !== "::1") ||
    (!address.includes(":") && (first === 0 || first >= 224))
  )
    return "is the address of no single machine: write that of a name server";
  if ((first === 127 || address === "::1") && nameServer(written).port === 53)
    return "is the host itself, whose resolver asks the box's name servers, and so on in circles: write the server beyond it";
  return undefined;
}

/** One name server. */
export const server = z.string().superRefine((written, context) => {
  const message = fault(written);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});
