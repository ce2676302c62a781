/**
 * Whether the machine itself was late while something was measured: a bound in milliseconds says nothing about a program that
 * was not given a processor for a tenth of a second.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** How late a program of ordinary priority may be run, in ms. keepalived misses its peer after 360 ms of silence. */
const LATE_MS = 100;

const ticker = `let last = Date.now(), late = 0;
setInterval(() => { late = Math.max(late, Date.now() - last - 10); last = Date.now(); }, 10);
process.stdin.on("end", () => process.stdout.write(String(late), () => process.exit(0))).resume();
process.stdout.write("ready ");`;

/**
 * Measures, and once more where what was measured is out of bounds and the machine was late meanwhile.
 *
 * @param take one measurement, after which all is as it was before
 * @param within whether it is within its bounds
 */
export async function promptly<T>(take: () => Promise<T>, within: (measured: T) => boolean): Promise<T> {
  const witness = spawn(process.execPath, ["-e", ticker], { stdio: ["pipe", "pipe", "inherit"] });
  const said: Buffer[] = [];
  witness.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  await once(witness.stdout, "data");
  let measured: T;
  try {
    measured = await take();
  } finally {
    witness.stdin.end();
    await once(witness, "close");
  }
  const late = Number(Buffer.concat(said).toString().replace("ready ", ""));
  if (within(measured) || late <= LATE_MS) return measured;
  console.log(`      the machine was late by ${late} ms; once more`);
  return take();
}
