/** The engine's log, as far as a plugin writes to it. */
import { credentials } from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import type { Severity } from "./provider.ts";

/** Sends log lines of all calls to one engine. */
export interface EngineLog {
  /** The lines of one call: kept in order, sent one after the other. */
  open(urn: string): LogLines;
}

export interface LogLines {
  write(severity: Severity, message: string, ephemeral: boolean): void;
  /** Resolves when every line is sent. */
  flush(): Promise<void>;
}

const severities = {
  debug: engineMessages.LogSeverity.DEBUG,
  info: engineMessages.LogSeverity.INFO,
  warning: engineMessages.LogSeverity.WARNING,
  error: engineMessages.LogSeverity.ERROR,
} satisfies Record<Severity, unknown>;

/**
 * @param address host:port of the engine; without one (a plugin started by hand) lines go nowhere
 */
export function connectEngineLog(address: string | undefined): EngineLog {
  if (address === undefined) return { open: () => ({ write: () => {}, flush: () => Promise.resolve() }) };
  const client = new engineServices.EngineClient(address, credentials.createInsecure());
  const send = (request: InstanceType<typeof engineMessages.LogRequest>) =>
    // A log that cannot be written must not fail the work that is logged: errors are dropped.
    new Promise<void>((sent) => void client.log(request, () => sent()));
  return {
    open(urn) {
      // One request at a time: the engine serves concurrent requests in any order.
      let last = Promise.resolve();
      return {
        write(severity, message, ephemeral) {
          const request = new engineMessages.LogRequest();
          request.setSeverity(severities[severity]);
          request.setMessage(message);
          request.setUrn(urn);
          request.setEphemeral(ephemeral);
          last = last.then(() => send(request));
        },
        flush: () => last,
      };
    },
  };
}
