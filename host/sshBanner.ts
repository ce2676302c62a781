import { connect } from "node:net";
import type { Readable } from "node:stream";
import { Client } from "ssh2";
import type { ServerHostKeyAlgorithm } from "ssh2";
import type { Connection, SshEndpoint } from "../box/model.ts";

/** How long the check waits. All in milliseconds. */
export interface BannerLimits {
  /** For one attempt to see the banner; a healthy sshd sends it in milliseconds, a swapping one in seconds. */
  readonly attempt: number;
  /** No new attempt after this. With the last attempt the check stays under a minute. */
  readonly total: number;
  /** Between two attempts. */
  readonly pause: number;
}

const LIMITS: BannerLimits = { attempt: 10_000, total: 35_000, pause: 2_000 };
/** An SSH server may send other lines first; nobody sends this many bytes of them. */
const MOST_BYTES = 8192;

const checked = new Map<string, Promise<void>>();

/**
 * Sees that a host sends an SSH banner (RFC 4253 §4.2), as every SSH server does. The `command` plugin waits for ever on a
 * host that accepts the TCP connection and then stays silent, so this comes first. A host that sent one is not asked again
 * by the same process.
 *
 * @throws Error that names the host, its address and what was seen instead.
 */
export function checkSshBanner(host: string, connection: Connection, limits: BannerLimits = LIMITS): Promise<void> {
  const key = JSON.stringify([host, connection]);
  const known = checked.get(key);
  if (known !== undefined) return known;
  const check = attemptUntil(host, connection, limits);
  checked.set(key, check);
  check.catch(() => checked.delete(key));
  return check;
}

async function attemptUntil(host: string, connection: Connection, limits: BannerLimits): Promise<void> {
  const end = Date.now() + limits.total;
  for (let attempts = 1; ; attempts++) {
    const seen = await seeSshBanner(connection, limits.attempt);
    if (seen === undefined) return;
    if (seen.final || Date.now() + limits.pause >= end) {
      const via = connection.bastion === undefined ? "" : ` through the bastion ${place(connection.bastion)}`;
      const tries = attempts === 1 ? "" : ` (${attempts} attempts)`;
      throw new Error(`${host}: no SSH at ${place(connection)}${via}: ${seen.problem}${tries}; nothing was sent to it`);
    }
    await new Promise((resolve) => setTimeout(resolve, limits.pause));
  }
}

interface Problem {
  readonly problem: string;
  /** Another attempt would see the same. */
  readonly final?: boolean;
}

function place({ address, port }: SshEndpoint): string {
  return `${address}:${port}`;
}

function seeSshBanner(connection: Connection, limit: number): Promise<Problem | undefined> {
  return connection.bastion === undefined
    ? seeDirectly(connection, limit)
    : seeThrough(connection.bastion, connection, limit);
}

async function seeDirectly({ address, port }: SshEndpoint, limit: number): Promise<Problem | undefined> {
  const socket = connect({ host: address, port });
  try {
    const problem = await readSshBanner(socket, limit);
    return problem !== undefined && socket.connecting && problem.problem.startsWith("it accepted")
      ? { problem: `it did not accept a connection within ${limit / 1000} s` }
      : problem;
  } finally {
    socket.destroy();
  }
}

/** Resolves with nothing once a line begins with `SSH-`, else with what happened instead. */
function readSshBanner(stream: Readable, limit: number): Promise<Problem | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const timer = setTimeout(() => {
      const what = text === "" ? "stayed silent" : `sent ${excerpt(text)}, which is no SSH banner`;
      resolve({ problem: `it accepted the connection and ${what} for ${limit / 1000} s` });
    }, limit);
    const settle = (problem?: Problem) => {
      clearTimeout(timer);
      resolve(problem);
    };
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (/(^|\n)SSH-/.test(text)) settle();
      else if (text.length > MOST_BYTES)
        settle({ problem: `it sent ${excerpt(text)}, which is no SSH banner`, final: true });
    });
    stream.on("error", (error) => settle({ problem: error.message }));
    stream.on("close", () =>
      settle({
        problem: `it closed the connection ${text === "" ? "without a word" : `after sending ${excerpt(text)}`}`,
      }),
    );
  });
}

function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, 60).replace(/[^\x20-\x7e\r\n]/g, "?"));
}

/** Logs in to the bastion with the agent, as the plugin will, and reads the host's banner through it. */
function seeThrough(bastion: SshEndpoint, target: SshEndpoint, limit: number): Promise<Problem | undefined> {
  const agent = process.env["SSH_AUTH_SOCK"];
  if (agent === undefined) {
    return Promise.resolve({ problem: "SSH_AUTH_SOCK is not set, so the bastion cannot be entered", final: true });
  }
  return new Promise((resolve) => {
    const client = new Client();
    let keyRefused = false;
    const settle = (problem?: Problem) => {
      clearTimeout(timer);
      resolve(problem);
      client.destroy();
    };
    const timer = setTimeout(() => settle({ problem: "the bastion did not open the way in time" }), 2 * limit);
    client.on("ready", () => {
      client.forwardOut("127.0.0.1", 0, target.address, target.port, (error, stream) => {
        if (error) settle({ problem: `the bastion cannot reach it: ${error.message}` });
        else void readSshBanner(stream, limit).then(settle);
      });
    });
    client.on("error", (error) =>
      settle(
        keyRefused
          ? { problem: "the bastion's host key is not the declared one", final: true }
          : { problem: `the bastion: ${error.message}` },
      ),
    );
    client.on("close", () => settle({ problem: "the bastion closed the connection" }));
    const [type = "", key = ""] = (bastion.hostKey ?? "").split(" ");
    client.connect({
      host: bastion.address,
      port: bastion.port,
      username: bastion.user,
      agent,
      readyTimeout: limit,
      // Only the declared key can be compared, so only its kind is asked for.
      algorithms: { serverHostKey: signaturesOf(type) },
      hostVerifier: (offered: Buffer) => {
        keyRefused = offered.toString("base64") !== key;
        return !keyRefused;
      },
    });
  });
}

function signaturesOf(keyType: string): ServerHostKeyAlgorithm[] {
  return keyType === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [keyType as ServerHostKeyAlgorithm];
}
