/**
 * A session channel whose requests are answered one by one.
 *
 * `Client.exec` of ssh2 sends environment variables without asking for an answer, so that a refused one would go
 * unnoticed. Hence this file, and no other, uses the inner parts of ssh2 1.17 (`lib/client.js`: `openChannel`,
 * `reqEnv`, `reqExec`), which is pinned for that reason.
 */
import type { Client, ClientChannel } from "ssh2";

/** The sizes that ssh2 itself opens channels with (`lib/Channel.js`). */
const WINDOW = 2 * 1024 * 1024;
const PACKET = 32 * 1024;

interface Channel extends ClientChannel {
  outgoing: { id: number; state: string };
  /** Takes the answers to requests, in order: `true` or an error for a failure. */
  _callbacks: ((failed: unknown) => void)[];
}

interface InnerClient {
  _chanMgr: { add(opened: (error: Error | undefined, channel: Channel) => void): number };
  _protocol: {
    session(channel: number, window: number, packet: number): void;
    env(channel: number, name: string, value: string, wantReply: boolean): void;
    exec(channel: number, command: string, wantReply: boolean): void;
  };
}

export interface Session {
  readonly channel: ClientChannel;
  /** Asks for an environment variable; false if the server refuses it. */
  setVariable(name: string, value: string): Promise<boolean>;
  /** Starts a command in the user's login shell; false if the server refuses. Listen to the channel before. */
  execute(command: string): Promise<boolean>;
}

/** Opens a channel. A connection that breaks meanwhile leaves the result open: wait by `Link.during`. */
export async function openSession(client: Client): Promise<Session> {
  const { _chanMgr: channels, _protocol: protocol } = client as unknown as InnerClient;
  const channel = await new Promise<Channel>((opened, failed) => {
    const settle = (error: Error | undefined, channel: Channel) =>
      error === undefined ? opened(channel) : failed(error);
    protocol.session(channels.add(Object.assign(settle, { type: "session" })), WINDOW, PACKET);
  });
  const request = (send: (id: number) => void) =>
    new Promise<boolean>((answered) => {
      if (channel.outgoing.state !== "open") {
        answered(false);
        return;
      }
      channel._callbacks.push((failed) => answered(!failed));
      send(channel.outgoing.id);
    });
  return {
    channel,
    setVariable: (name, value) => request((id) => protocol.env(id, name, value, true)),
    execute: (command) => request((id) => protocol.exec(id, command, true)),
  };
}
