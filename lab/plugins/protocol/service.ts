/** Translates the messages of `pulumirpc.ResourceProvider` into calls of a {@link Provider} and back. */
import { status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { cancelled, ProviderError, timedOut } from "./provider.ts";
import type { Call, Checked, CheckFailure, Difference, Known, Provider, Resource } from "./provider.ts";
import type { EngineLog } from "./engineLog.ts";
import { canonicalObject } from "./wireValues.ts";
import type { WireObject } from "./wireValues.ts";

const properties = (struct: Struct | undefined): WireObject => canonicalObject(struct?.toJavaScript() ?? {});
// The declared argument type leaves out nested arrays of null, which the function takes.
const toStruct = (object: WireObject): Struct => structs.Struct.fromJavaScript(object);

const urnType = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
const urnName = (urn: string): string => urn.split("::").slice(3).join("::");

const failuresOf = (failures: CheckFailure[]): pb.CheckFailure[] =>
  failures.map(({ property, reason }) => {
    const message = new messages.CheckFailure();
    message.setProperty(property);
    message.setReason(reason);
    return message;
  });

function checkResponse({ inputs, failures }: Checked): pb.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(failuresOf(failures));
  return response;
}

function diffResponse(difference: Difference): pb.DiffResponse {
  const response = new messages.DiffResponse();
  const { DiffChanges } = messages.DiffResponse;
  response.setChanges(difference.size > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  const topLevel = (path: string) => path.split(/[.[]/)[0] ?? path;
  const replaced = [...difference].filter(([, kind]) => kind.endsWith("_REPLACE"));
  response.setDiffsList([...new Set([...difference.keys()].map(topLevel))]);
  response.setReplacesList(replaced.map(([path]) => path));
  for (const [path, kind] of difference) {
    const detail = new messages.PropertyDiff();
    detail.setKind(messages.PropertyDiff.Kind[kind]);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

type Method<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Makes a gRPC handler of a method; what the method throws becomes the status. */
function unary<Request, Response>(method: Method<Request, Response>) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    Promise.resolve(call.request)
      .then(method)
      .then(
        (response) => done(null, response),
        (error: unknown) =>
          done({
            code: error instanceof ProviderError ? error.code : status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };
}

/**
 * The handlers of one plugin process. Methods that are not here are answered with UNIMPLEMENTED, which engines expect of
 * a simple provider.
 */
export function providerService(provider: Provider, engineLog: EngineLog): UntypedServiceImplementation {
  const cancel = new AbortController();
  let sendsOldInputs = true;

  const resourceOf = (request: { getUrn(): string }): Resource => {
    const type = urnType(request.getUrn());
    const resource = provider.resources[type];
    const shown = type.replace(`${provider.name}:`, "");
    if (resource === undefined) throw new ProviderError(status.NOT_FOUND, `Resource '${shown}' not found`);
    return resource;
  };

  /** Runs `work` as a call: with a time limit in seconds (0: none), its log sent out before the answer. */
  async function during<T>(urn: string, preview: boolean, limit: number, work: (call: Call) => Promise<T>): Promise<T> {
    const expiry = new AbortController();
    const timer = limit > 0 ? setTimeout(() => expiry.abort(timedOut()), limit * 1000) : undefined;
    const signal = AbortSignal.any([cancel.signal, expiry.signal]);
    const lines = engineLog.open(urn);
    const log: Call["log"] = (...line) => {
      if (!signal.aborted) lines.write(...line);
    };
    try {
      return await work({ urn, name: urnName(urn), preview, signal, log });
    } finally {
      clearTimeout(timer);
      await lines.flush();
    }
  }

  const knownOf = (state: Struct | undefined, inputs: Struct | undefined): Known => {
    const outputs = properties(state);
    return { state: outputs, inputs: sendsOldInputs ? properties(inputs) : outputs };
  };

  return {
    handshake: unary(() => {
      throw new ProviderError(status.UNIMPLEMENTED, "method Handshake not implemented");
    }),
    getPluginInfo: unary(() => {
      const response = new plugin.PluginInfo();
      response.setVersion(provider.version);
      return response;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify(provider.schema()));
      return response;
    }),
    checkConfig: unary((request: pb.CheckRequest) =>
      checkResponse({ inputs: { ...properties(request.getNews()), ...provider.configMarks }, failures: [] }),
    ),
    diffConfig: unary(() => {
      throw new ProviderError(status.UNIMPLEMENTED, "DiffConfig is not implemented");
    }),
    configure: unary((request: pb.ConfigureRequest) => {
      sendsOldInputs = request.getSendsOldInputs();
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      return response;
    }),
    check: unary((request: pb.CheckRequest) => checkResponse(resourceOf(request).check(properties(request.getNews())))),
    diff: unary((request: pb.DiffRequest) => {
      const olds = knownOf(request.getOlds(), request.getOldInputs());
      const news = properties(request.getNews());
      return diffResponse(resourceOf(request).diff(olds, news, request.getIgnorechangesList()));
    }),
    create: unary((request: pb.CreateRequest) =>
      during(request.getUrn(), request.getPreview(), request.getTimeout(), async (call) => {
        const made = await resourceOf(request).create(call, properties(request.getProperties()));
        const response = new messages.CreateResponse();
        response.setId(made.id);
        response.setProperties(toStruct(made.state));
        return response;
      }),
    ),
    read: unary((request: pb.ReadRequest) => {
      const known = { state: properties(request.getProperties()), inputs: properties(request.getInputs()) };
      const found = resourceOf(request).read(request.getId(), known);
      const response = new messages.ReadResponse();
      response.setId(request.getId());
      response.setProperties(toStruct(found.state));
      response.setInputs(toStruct(found.inputs));
      return response;
    }),
    update: unary((request: pb.UpdateRequest) =>
      during(request.getUrn(), request.getPreview(), request.getTimeout(), async (call) => {
        const olds = knownOf(request.getOlds(), request.getOldInputs());
        const news = properties(request.getNews());
        const state = await resourceOf(request).update(call, olds, news, request.getIgnorechangesList());
        const response = new messages.UpdateResponse();
        response.setProperties(toStruct(state));
        return response;
      }),
    ),
    delete: unary((request: pb.DeleteRequest) =>
      during(request.getUrn(), false, request.getTimeout(), async (call) => {
        await resourceOf(request).delete(call, properties(request.getProperties()));
        return new empties.Empty();
      }),
    ),
    invoke: unary((request: pb.InvokeRequest) =>
      during("", request.getPreview(), 0, async (call) => {
        const token = request.getTok();
        const called = provider.functions[token];
        if (called === undefined) throw new ProviderError(status.NOT_FOUND, `Function '${token}' not found`);
        const args = properties(request.getArgs());
        const failures = called.check(args);
        const response = new messages.InvokeResponse();
        response.setFailuresList(failuresOf(failures));
        response.setReturn(toStruct(failures.length > 0 ? {} : await called.invoke(call, args)));
        return response;
      }),
    ),
    cancel: unary(() => {
      cancel.abort(cancelled());
      return new empties.Empty();
    }),
  };
}
