/**
 * Sends packets with senders of one's choice, so many a second: `flood.ts syn|udp SENDERS ADDRESS PORT COUNT PER_SECOND`, the senders with
 * commas between them. SYNs that nobody goes on with, or one UDP packet from each of many ports. It ends by itself.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

const [kind = "", senders = "", to = "", port = "", count = "", perSecond = ""] = process.argv.slice(2);

/** All packets are as long as this, and socat passes on one at a time. */
const LENGTH = 64;
const TICK_MS = 10;

function checksum(bytes: Buffer): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 2) total += bytes.readUInt16BE(at);
  while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
  return ~total & 0xffff;
}

const octets = (address: string): number[] => address.split(".").map(Number);

function packet(from: string, fromPort: number): Buffer {
  const whole = Buffer.alloc(LENGTH);
  const protocol = kind === "syn" ? 6 : 17;
  whole.set([0x45, 0, 0, LENGTH]);
  whole.set([64, protocol], 8);
  whole.set([...octets(from), ...octets(to)], 12);
  whole.writeUInt16BE(checksum(whole.subarray(0, 20)), 10);
  const segment = whole.subarray(20);
  segment.writeUInt16BE(fromPort, 0);
  segment.writeUInt16BE(Number(port), 2);
  if (kind === "syn") {
    segment.writeUInt32BE((fromPort * 65_537) >>> 0, 4);
    // 44 bytes of header, the options of which are none; SYN; a window.
    segment.set([0xb0, 0x02], 12);
    segment.writeUInt16BE(64_240, 14);
    segment.fill(1, 20);
  } else segment.writeUInt16BE(segment.length, 4);
  const pseudo = Buffer.from([...octets(from), ...octets(to), 0, protocol, 0, segment.length]);
  segment.writeUInt16BE(checksum(Buffer.concat([pseudo, segment])), kind === "syn" ? 16 : 6);
  return whole;
}

// Protocol 255: what is written has its header already.
const socat = spawn("socat", ["-u", "-b", String(LENGTH), "-", `IP4-SENDTO:${to}:255`], {
  stdio: ["pipe", "inherit", "inherit"],
});
const from = senders.split(",");
const begun = Date.now();
for (let sent = 0; sent < Number(count);) {
  const due = Math.min(Number(count), Math.ceil(((Date.now() - begun) / 1000) * Number(perSecond)));
  // A write that is taken in part would shift all packets after it: the next one waits until this is gone.
  const batch = Array.from({ length: Math.min(due - sent, 500) }, (_, index) => {
    const at = sent + index;
    return packet(from[at % from.length] ?? "", 1024 + (Math.floor(at / from.length) % 64_000));
  });
  sent += batch.length;
  await new Promise<void>((resolve) => socat.stdin.write(Buffer.concat(batch), () => resolve()));
  await pause(TICK_MS);
}
socat.stdin.end();
await once(socat, "close");
