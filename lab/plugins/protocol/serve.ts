/**
 * Runs a provider as a plugin process: a gRPC server of `pulumirpc.ResourceProvider`
 * (https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto) on a free local port, which is printed.
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { connectEngineLog } from "./engineLog.ts";
import type { Provider } from "./provider.ts";
import { providerService } from "./service.ts";

/** The engine's own limit for one message, in bytes (`rpcutil.maxRPCMessageSize`, 400 MiB). */
const MESSAGE_LIMIT = 400 * 1024 * 1024;

/** How often to look whether the engine still lives, in ms. */
const LOOK_FOR_ENGINE = 2000;

/** Ends the process when its parent has died: an engine that was killed cannot stop its plugins. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, LOOK_FOR_ENGINE).unref();
}

/**
 * Serves until the process is ended.
 *
 * @param args the process arguments; the engine passes its address as the last one
 * @example
 * await serve(provider, process.argv.slice(2));
 */
export async function serve(provider: Provider, args: readonly string[]): Promise<void> {
  endWithParent();
  const address = args.at(-1);
  const log = connectEngineLog(address?.startsWith("-") ? undefined : address);
  const server = new Server({
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
    "grpc.max_send_message_length": MESSAGE_LIMIT,
  });
  server.addService(providerServices.ResourceProviderService, providerService(provider, log));
  const port = await new Promise<number>((bound, failed) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? bound(port) : failed(error),
    );
  });
  process.stdout.write(`${port}\n`);
}
