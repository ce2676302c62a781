import { pathTo, type PathStep } from "../../box/violations.ts";

/**
 * A value of an inventory and where it stands. It remembers what of it has been read: what nobody reads is reported in the
 * end, so that nothing of an inventory is lost in silence.
 */
export class Entry {
  readonly #opened = new Map<PathStep, Entry>();
  #isRead = false;
  readonly #value: unknown;
  /** Name of the file that it stands in. */
  readonly file: string;
  /** The way to it inside of the file. */
  readonly steps: readonly PathStep[];

  constructor(file: string, steps: readonly PathStep[], value: unknown) {
    this.file = file;
    this.steps = steps;
    this.#value = value;
  }

  /** As messages show it: `hosts.yml: all.children.nat_gateway_pool.vars.vips`. */
  get path(): string {
    return this.steps.length === 0 ? this.file : `${this.file}: ${pathTo(this.steps)}`;
  }

  /** The last step of the way to it. */
  get key(): string {
    return String(this.steps.at(-1) ?? "");
  }

  /** Takes the value, whole. */
  read(): unknown {
    this.#isRead = true;
    return this.#value;
  }

  /** Takes the value as a text. */
  text(): string {
    const value = this.read();
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  /** Looks at the value without taking it. */
  peek(): unknown {
    return this.#value;
  }

  /** The keys of a mapping; none of anything else. */
  keys(): string[] {
    return isMapping(this.#value) ? Object.keys(this.#value) : [];
  }

  /** What stands under a key, if it is there. */
  at(key: PathStep): Entry | undefined {
    const holder = this.#value;
    if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, key)) return undefined;
    const opened = this.#opened.get(key);
    if (opened) return opened;
    const entry = new Entry(this.file, [...this.steps, key], (holder as Readonly<Record<PathStep, unknown>>)[key]);
    this.#opened.set(key, entry);
    return entry;
  }

  /** What stands under each key of a mapping. */
  entries(): Entry[] {
    return this.keys().flatMap((key) => this.at(key) ?? []);
  }

  /** The elements of a list; none of anything else. */
  items(): Entry[] {
    return Array.isArray(this.#value) ? this.#value.flatMap((_, index) => this.at(index) ?? []) : [];
  }

  /** The largest parts that nobody has read. */
  *unread(): Generator<Entry> {
    if (this.#isRead || this.#value === null) return;
    const isEmpty = typeof this.#value === "object" && Object.keys(this.#value).length === 0;
    if (isEmpty) return;
    if (this.#opened.size === 0) yield this;
    else for (const entry of Array.isArray(this.#value) ? this.items() : this.entries()) yield* entry.unread();
  }
}

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number, also one in quotes; anything else as it is. */
export function numberOf(value: unknown): unknown {
  return typeof value === "string" && /^\d+$/.test(value.trim()) ? Number(value) : value;
}
