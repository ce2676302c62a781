import type { Duplex } from "node:stream";
import ssh2 from "ssh2";
import type { Client, ClientErrorExtensions } from "ssh2";
import { seconds } from "../limits.ts";
import { hostKeyAlgorithms, shownKey, type ShownKey } from "./hostKey.ts";
import { authMethods, namesOf, type Keys } from "./keys.ts";
import { Stage, type Stopped } from "./stopped.ts";

/** Whom a server is to be, and as whom it is entered. */
export interface Login {
  readonly user: string;
  /** `TYPE BASE64`; without it nobody is let in on trust: the key is only looked at. */
  readonly hostKey?: string | undefined;
  readonly keys: Keys;
}

/** A server that has let us in. */
export interface Entered {
  readonly client: Client;
  readonly shown: ShownKey;
}

/** A server may send other lines before its banner; after this many bytes of them nobody waits for it, nor does ssh2. */
const MOST_BEFORE_BANNER = 8192;

/**
 * Logs in to an SSH server over a connection: waits for its banner, compares its host key with the declared one, and uses the
 * keys that there are. Says where it ended otherwise, and why. An unknown key is never trusted.
 */
export function enter(stream: Duplex, login: Login, milliseconds: number): Promise<Entered | Stopped> {
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    const seen = new Seen(login);
    const end = (problem: string): void => {
      clearTimeout(timer);
      resolve(seen.stopped(problem));
      client.destroy();
      stream.destroy();
    };
    const timer = setTimeout(() => end(`nothing came within ${seconds(milliseconds)}`), milliseconds);
    client.once("handshake", () => (seen.handshaken = true));
    client.once("ready", () => {
      clearTimeout(timer);
      if (seen.shown) resolve({ client, shown: seen.shown });
    });
    client.on("error", (error: Error & ClientErrorExtensions) => {
      // A key that the agent does not use (it asks first, say) is passed over, as any other that is refused.
      if (error.level === "agent") seen.agentProblem ??= error.message;
      else end(error.message);
    });
    client.on("close", () => end("it closed the connection"));
    stream.on("data", (chunk: Buffer) => seen.hear(chunk));
    client.connect({
      sock: stream,
      username: login.user,
      authHandler: authMethods(login.keys, login.user),
      readyTimeout: 0,
      algorithms: { serverHostKey: hostKeyAlgorithms(login.hostKey) },
      hostVerifier: (blob: Buffer) => seen.verify(blob),
    });
  });
}

/** What was seen of a server so far, and so at which stage it stands. */
class Seen {
  readonly login: Login;
  heard = "";
  hasBanner = false;
  handshaken = false;
  agentProblem: string | undefined;
  shown: ShownKey | undefined;

  constructor(login: Login) {
    this.login = login;
  }

  hear(chunk: Buffer): void {
    if (this.hasBanner) return;
    this.heard += chunk.toString("latin1");
    this.hasBanner = /(^|\n)SSH-/.test(this.heard);
  }

  /** Whether to go on to the log-in. */
  verify(blob: Buffer): boolean {
    this.shown = shownKey(blob);
    return this.shown.text === this.login.hostKey;
  }

  stopped(problem: string): Stopped {
    const { shown, login } = this;
    if (!this.hasBanner) return { stage: Stage.Banner, problem: this.#beforeBanner(problem) };
    if (shown === undefined) return { stage: Stage.Banner, problem: `it shows no host key: ${problem}` };
    if (shown.text !== login.hostKey) return { stage: Stage.HostKey, problem: "it is not the declared one", shown };
    if ("files" in login.keys && login.keys.files.length === 0)
      return { stage: Stage.LogIn, problem: "not tried", withoutAgent: true, shown };
    if (!this.handshaken) return { stage: Stage.HostKey, problem: `it cannot prove the key: ${problem}`, shown };
    if ("files" in login.keys) {
      const refused = `${login.user} is refused with ${namesOf(login.keys.files)}: ${problem}`;
      return { stage: Stage.LogIn, problem: refused, withoutAgent: true, shown };
    }
    const ofAgent = this.agentProblem === undefined ? "" : ` (agent: ${this.agentProblem})`;
    return { stage: Stage.LogIn, problem: problem + ofAgent, shown };
  }

  #beforeBanner(problem: string): string {
    const excerpt = JSON.stringify(this.heard.slice(0, 30));
    if (this.heard.length > MOST_BEFORE_BANNER) return `it sends ${excerpt}…, which is no SSH banner`;
    if (this.heard !== "") return `it sent ${excerpt}, which is no SSH banner`;
    return `it accepted the connection and sent no SSH banner: ${problem}`;
  }
}
