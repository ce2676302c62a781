/** Hosts of the Protobox that are only told of, for the commands that take hosts out of traffic; they answer as the scripts would. */
import assert from "node:assert/strict";
import type { Box, Host } from "../../../box/model.ts";
import type { Ask, Heard } from "../../../cli/drain/ask.ts";
import type { Work } from "../../../cli/drain/work.ts";
import { registry } from "../../../render/registry.ts";
import { vipsOfHost } from "../../../render/vip/onHost.ts";
import { parseProtobox } from "../../box/parsing.ts";

/** A host as a test wants it. */
export interface ToldHost {
  silent?: string;
  drained: boolean;
  /** Whether somebody else has announced a drain. */
  announced: boolean;
  /** What its probes say against it. */
  readonly fails: Map<string, string>;
  readonly states: Map<string, string>;
  readonly routes: Map<string, "up" | "down">;
  boot: number;
  /** Clients' connections, one fewer each time that they are counted. */
  connections: number;
  /** Why a drain of it fails on the host itself. */
  refuses?: string;
  /** What is done to it while it reboots. */
  onReboot?: () => void;
}

/** All hosts of the Protobox, well, with the first member of each virtual IP's pool as its holder. */
export class ToldHosts {
  readonly box: Box;
  readonly said: string[] = [];
  /** What was done, `HOST drain`, in order. */
  readonly done: string[] = [];
  readonly #hosts = new Map<string, ToldHost>();
  #clock = 0;

  /** @param changes of the Protobox's stack file */
  constructor(changes: Parameters<typeof parseProtobox>[0] = {}) {
    this.box = parseProtobox(changes);
    for (const host of Object.values(this.box.hosts)) {
      const states = vipsOfHost(this.box, host).map(
        ({ name, priorities }) =>
          [name, priorities[host.name] === Math.max(...Object.values(priorities)) ? "MASTER" : "BACKUP"] as const,
      );
      const told: ToldHost = {
        drained: false,
        announced: false,
        fails: new Map(),
        states: new Map(states),
        routes: new Map(),
        boot: 1,
        connections: 0,
      };
      this.#hosts.set(host.name, told);
    }
  }

  of(name: string): ToldHost {
    return this.#hosts.get(name) ?? assert.fail(name);
  }

  /** The names of hosts that are drained. */
  get drained(): string[] {
    return [...this.#hosts].flatMap(([name, { drained }]) => (drained ? [name] : []));
  }

  /** The seconds that have passed. */
  get seconds(): number {
    return this.#clock / 1000;
  }

  get work(): Work {
    return {
      box: this.box,
      registry,
      ask: this.ask,
      say: (sentence) => this.said.push(sentence),
      now: () => this.#clock,
      pause: (milliseconds) => {
        this.#clock += milliseconds;
        return Promise.resolve();
      },
    };
  }

  readonly ask: Ask = (hosts, scriptOf) =>
    Promise.resolve(hosts.map((host): Heard => this.#answer(host, scriptOf(host))));

  #answer(host: Host, script: string): Heard {
    const told = this.of(host.name);
    if (told.silent !== undefined) return { problem: told.silent };
    const kind = /gatebox-([a-z]+) 1/.exec(script.replaceAll(/^#.*$/gm, ""))?.[1] ?? assert.fail("no script of ours");
    const lines = this.#lines[kind] ?? assert.fail(kind);
    return { lines: lines(host, told, script) };
  }

  readonly #lines: Readonly<Record<string, (host: Host, told: ToldHost, script: string) => string[]>> = {
    ready: (_host, told, script) => readyLines(told, script),
    drain: ({ name }, told) => {
      if (told.refuses !== undefined) return [`failed ${told.refuses}`];
      const already = told.drained ? ["already"] : ["cut-off 0"];
      told.drained = true;
      told.announced = false;
      this.done.push(`${name} drain`);
      return [...already, `remaining ${told.connections}`];
    },
    remaining: (_host, told) => [`remaining ${(told.connections = Math.max(0, told.connections - 1))}`],
    undrain: ({ name }, told) => {
      const already = told.drained ? [] : ["already"];
      told.drained = false;
      this.done.push(`${name} undrain`);
      return already;
    },
    reboot: ({ name }, told) => {
      this.done.push(`${name} reboot`);
      told.boot += 1;
      told.onReboot?.();
      return [];
    },
  };
}

function readyLines(told: ToldHost, script: string): string[] {
  const setting = (name: string): string => new RegExp(`^${name}='(.*)'$`, "m").exec(script)?.[1] ?? assert.fail(name);
  const lines = [
    `boot ${told.boot}`,
    ...(told.drained ? ["drained 1000"] : []),
    ...(told.announced && setting("announces") !== "0" ? ["draining"] : []),
    ...setting("asked")
      .split(" ")
      .filter((one) => one !== "")
      .map((one) => (told.fails.has(one) ? `fails ${one} ${told.fails.get(one) ?? ""}` : `works ${one}`)),
    ...[...told.states].map(([name, state]) => `vip ${name} ${state}`),
    ...[...told.routes].map(([name, state]) => `route ${name} ${state}`),
  ];
  if (setting("announces") === "1") told.announced = true;
  if (setting("announces") === "0") told.announced = false;
  return lines;
}
