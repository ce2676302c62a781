/** What a provider written here consists of; `serve.ts` speaks the protocol for it. */
import { status } from "@grpc/grpc-js";
import type { WireObject } from "./wireValues.ts";

/** One failed rule of Check. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** The answer to Check: the inputs as they will be stored, or as they came if there are failures. */
export interface Checked {
  inputs: WireObject;
  failures: CheckFailure[];
}

export type DiffKind = "ADD" | "ADD_REPLACE" | "DELETE" | "DELETE_REPLACE" | "UPDATE" | "UPDATE_REPLACE";

/** Changed properties by path, as in `environment.A` or `triggers[0]`. */
export type Difference = Map<string, DiffKind>;

export type Severity = "debug" | "info" | "warning" | "error";

/** What accompanies a call that may do something. */
export interface Call {
  /** The resource's URN; empty for a function. */
  readonly urn: string;
  /** The last part of the URN. */
  readonly name: string;
  readonly preview: boolean;
  /** Aborted when the engine cancels or the time limit of this call is over. The reason is a {@link ProviderError}. */
  readonly signal: AbortSignal;
  /**
   * Sends a line to the engine's log. Lines arrive in order; nothing is sent after the call was aborted.
   * @param ephemeral shown while the resource is worked on, but not kept
   */
  log(severity: Severity, message: string, ephemeral: boolean): void;
}

/** The properties that the engine knows of a resource. */
export interface Known {
  /** Outputs of the last create or update. */
  readonly state: WireObject;
  /** Inputs of the last create or update. */
  readonly inputs: WireObject;
}

/** A resource that was made. */
export interface Made {
  id: string;
  state: WireObject;
}

/** One type of resource. Errors are thrown; a {@link ProviderError} chooses the status code, any other is UNKNOWN. */
export interface Resource {
  check(news: WireObject): Checked;
  diff(olds: Known, news: WireObject, ignoreChanges: string[]): Difference;
  create(call: Call, inputs: WireObject): Made | Promise<Made>;
  read(id: string, known: Known): Known;
  update(call: Call, olds: Known, news: WireObject, ignoreChanges: string[]): WireObject | Promise<WireObject>;
  delete(call: Call, state: WireObject): Promise<void>;
}

/** One function of the provider. */
export interface ProviderFunction {
  check(args: WireObject): CheckFailure[];
  invoke(call: Call, args: WireObject): Promise<WireObject>;
}

export interface Provider {
  readonly name: string;
  readonly version: string;
  /** The package schema: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/ */
  readonly schema: () => object;
  /** By type token, e.g. `command:remote:Command`. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** By token, e.g. `command:local:run`. */
  readonly functions: Readonly<Record<string, ProviderFunction>>;
  /** Added to the provider's own configuration by CheckConfig. */
  readonly configMarks?: WireObject;
}

/** A failure with a status code of its own. */
export class ProviderError extends Error {
  readonly code: status;
  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why a call was aborted by the engine. */
export const cancelled = (): ProviderError => new ProviderError(status.CANCELLED, "context canceled");
/** Why a call was aborted by its time limit (`customTimeouts`). */
export const timedOut = (): ProviderError => new ProviderError(status.DEADLINE_EXCEEDED, "context deadline exceeded");
