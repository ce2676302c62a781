import { show } from "../../box/printable.ts";
import { nearest } from "../../box/nearMiss.ts";
import type { PathStep } from "../../box/violations.ts";
import { numberOf, type Entry } from "./entry.ts";
import { lookUp, type Inventory } from "./inventory.ts";
import { plainName } from "./names.ts";
import type { Notes } from "./notes.ts";

/** Where a route's port comes from, in the words of the stack file; a text is what could not be read. */
export interface PortSource {
  readonly app?: string;
  readonly port?: number | string;
}

/** One entry of the section `apps`. */
type App = Readonly<Record<string, unknown>> & { readonly port: unknown };

/** Keys that an inventory may have for an app beside the port, under the names that the stack file has for them. */
const alsoTaken: readonly string[] = ["namespace", "selector", "servicePort", "targetPort"];

/** `{{ app.argocd.port }}`, also `app['v-admin'].port`, also with `| int`. */
const expression = /^\{\{-?\s*app(?:\.([\w-]+)|\[["']([\w-]+)["']\])\.port\s*(?:\|\s*int\s*)?-?\}\}$/;

/** The apps of an inventory, `app.<name>.port`, and what routes say about them. */
export class Apps {
  /** The section `apps`, by the names that the routes have for them. */
  readonly section: Readonly<Record<string, App>>;
  readonly #notes: Notes;
  /** Names that are spelt otherwise in the section. */
  readonly #respelt = new Map<string, string>();

  /** @param uses for each gateway route its name and the port that it names */
  constructor(inventory: Inventory, uses: readonly { readonly route: string; readonly port: unknown }[], notes: Notes) {
    this.#notes = notes;
    const written = [...inventory.groups.values()].flatMap(({ vars }) => lookUp(vars, "app")?.entries() ?? []);
    const declared = written.map(({ key }) => plainName(key));
    const section: Record<string, App> = {};
    for (const entry of written) {
      const name = spelling(plainName(entry.key), declared, uses);
      if (name !== plainName(entry.key)) {
        const message =
          `"${entry.key}" is the app of route "${name}", and one name stands for one app: it is ${name} everywhere; ` +
          `if ${entry.key} is right, rename it in the stack file`;
        notes.changed(entry.path, message, ["apps", name]);
        this.#respelt.set(plainName(entry.key), name);
      }
      if (section[name]) notes.changed(entry.path, `"${name}" is declared twice: the port that stands here is taken`);
      section[name] = this.#read(name, entry);
    }
    this.section = section;
  }

  #read(name: string, entry: Entry): App {
    const port = numberOf(entry.at("port")?.read());
    const path = ["apps", name];
    const also = alsoTaken.flatMap((key) => {
      const value = entry.at(key)?.read();
      return value === undefined ? [] : [[key, value] as const];
    });
    const taken = Object.fromEntries(also);
    return {
      port:
        typeof port === "number" ? port : this.#notes.fill([...path, "port"], `its NodePort; ${show(port)} is none`),
      namespace:
        taken["namespace"] ??
        this.#notes.fill([...path, "namespace"], `the namespace of its pods; and targetPort, if it is not 80`),
      ...taken,
    };
  }

  /** The port of a route's own app, or of the app that it names. */
  portOf({ app, port }: PortSource): unknown {
    return app === undefined ? port : this.section[app]?.port;
  }

  /** The port that a group repeats after its route, where it can be read. */
  repeated(entry: Entry | undefined): unknown {
    const value = numberOf(entry?.read());
    const named = appNamed(value);
    return named === undefined ? value : this.section[this.#known(named)]?.port;
  }

  /**
   * Reads the port of a route: a number, or an expression with the name of an app.
   *
   * @param steps the route in the stack file
   */
  source(route: string, entry: Entry | undefined, steps: readonly PathStep[]): PortSource {
    const value = numberOf(entry?.read());
    if (entry === undefined || value === undefined) return {};
    if (typeof value === "number") return this.#ofNumber(route, entry, value, steps);
    const named = appNamed(value);
    // What is no expression of an app's port is left for the preview to refuse, with its own words.
    return named === undefined ? { port: entry.text() } : { app: this.#ofName(entry, named) };
  }

  #ofNumber(route: string, entry: Entry, port: number, steps: readonly PathStep[]): PortSource {
    const own = this.section[route];
    if (own?.port === port) return { app: route };
    const [owner] = Object.keys(this.section).filter((app) => this.section[app]?.port === port);
    if (own && typeof own.port === "number") {
      const wayOut = owner === undefined ? "kept as it is" : `written as app "${owner}"`;
      const message =
        `${port} is ${owner === undefined ? "no app's port" : `the port of app "${owner}"`}, but the route is named after app ` +
        `"${route}", whose port is ${own.port}: ${wayOut}; write "app: ${route}" if that is meant`;
      this.#notes.changed(entry.path, message, steps);
    }
    return owner === undefined ? { port } : { app: owner };
  }

  #known(named: string): string {
    const name = plainName(named);
    return this.#respelt.get(name) ?? name;
  }

  #ofName(entry: Entry, named: string): string {
    const text = show(entry.peek());
    if (/\{\{-?\s*app\.\w*-/.test(String(entry.peek()))) {
      const message = `${text} is to Jinja the subtraction app.${named.replace("-", " - ")}.port: written as the name of app "${plainName(named)}"`;
      this.#notes.changed(entry.path, message);
    }
    const name = this.#known(named);
    if (Object.hasOwn(this.section, name)) return name;
    const meant = nearest(name, Object.keys(this.section));
    if (meant === undefined) return name;
    this.#notes.changed(entry.path, `${text}: "${named}" is spelt "${meant}" elsewhere: written as app "${meant}"`);
    return meant;
  }
}

/** The name of the app whose port an expression stands for. */
export function appNamed(value: unknown): string | undefined {
  const [, dotted, quoted] = typeof value === "string" ? (expression.exec(value.trim()) ?? []) : [];
  return dotted ?? quoted;
}

/** An app that only a route of nearly its own name uses is that route's: `arogcd` is `argocd`. */
function spelling(app: string, declared: readonly string[], uses: readonly { route: string; port: unknown }[]): string {
  if (uses.some(({ route }) => route === app)) return app;
  const users = uses.filter(({ port }) => plainName(appNamed(port) ?? "") === app).map(({ route }) => route);
  const near = users.filter((route) => !declared.includes(route) && nearest(route, [app]) === app);
  return near.length === 1 ? (near[0] ?? app) : app;
}
