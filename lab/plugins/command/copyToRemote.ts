/** The resource CopyToRemote: a file, a directory or a text copied to a host by SFTP. */
import { randomBytes } from "node:crypto";
import type { Call, CheckFailure, Resource } from "../protocol/provider.ts";
import { compactAssets, isArchive, isAsset, isUnknown, reveal, UNKNOWN, unwrap } from "../protocol/wireValues.ts";
import type { WireObject, WireValue } from "../protocol/wireValues.ts";
import { checkInputs } from "./commandResource.ts";
import { decodeFailures, demand, unrecognized } from "./decode.ts";
import { difference, withIgnored } from "./diff.ts";
import { copyToRemoteInputs, copyToRemoteOutputs } from "./objectTypes.ts";
import { putPath, putText } from "./sftpCopy.ts";
import { connectionOf } from "./ssh/connection.ts";
import { dial } from "./ssh/dial.ts";

/** What can be copied is a file, a text, or a directory by its path. */
function sourceFailures(given: WireValue | undefined): CheckFailure[] {
  const source = unwrap(given ?? null);
  if (isUnknown(source)) return [];
  if (isArchive(source))
    return source["path"] ? [] : [{ property: "archive", reason: "archive must be a path to a file or directory" }];
  if (!isAsset(source)) return [{ property: "asset", reason: "either asset or archive must be set" }];
  return source["uri"] ? [{ property: "asset", reason: "asset must be a path-based file asset or a text asset" }] : [];
}

function check(news: WireObject) {
  const { inputs, failures } = checkInputs(copyToRemoteInputs, news);
  const more = sourceFailures(news["source"]);
  // The official plugin answers failures with what it could read: nothing instead of a wrong source, a text for a path.
  const readable = unwrap(inputs["source"] ?? null);
  if (!isUnknown(readable) && !isAsset(readable) && !isArchive(readable)) inputs["source"] = {};
  inputs["remotePath"] ??= "";
  return { inputs, failures: [...failures, ...more] };
}

async function copy(call: Call, secretInputs: WireObject): Promise<void> {
  const inputs = reveal(secretInputs) as WireObject;
  const connection = connectionOf(inputs["connection"]);
  const source = inputs["source"] as { path?: string; text?: string };
  const remotePath = inputs["remotePath"] as string;
  const origin = source.path ? `local file ${source.path}` : "text asset";
  call.log("debug", `Creating file: ${connection.host}:${remotePath} from ${origin}`, false);
  const link = await dial(connection, call);
  try {
    const work = source.path
      ? putPath(link.client, source.path, remotePath)
      : putText(link.client, source.text ?? "", remotePath);
    await link.during(work);
  } finally {
    link.close();
  }
}

/** Copied again only if the content or the place differ, not for a new connection. */
function needsCopy(state: WireObject, news: WireObject): boolean {
  const [old, now] = [reveal(state) as WireObject, reveal(news) as WireObject];
  const changes = difference(copyToRemoteInputs, { state, inputs: old }, now, []);
  return changes.has("source") || changes.has("remotePath");
}

export const copyToRemote: Resource = {
  check,
  diff: (olds, news, ignoreChanges) => difference(copyToRemoteInputs, olds, news, ignoreChanges),

  async create(call, inputs) {
    demand(decodeFailures(copyToRemoteInputs, inputs));
    if (!call.preview) await copy(call, inputs);
    return { id: call.preview ? "" : randomBytes(4).toString("hex"), state: inputs };
  },

  read(_id, known) {
    demand([...unrecognized(copyToRemoteOutputs, known.state), ...unrecognized(copyToRemoteInputs, known.inputs)]);
    return {
      state: compactAssets(known.state) as WireObject,
      inputs: compactAssets(known.inputs) as WireObject,
    };
  },

  async update(call, olds, given, ignoreChanges) {
    const news = withIgnored(given, olds.state, ignoreChanges);
    demand([...decodeFailures(copyToRemoteOutputs, olds.state), ...decodeFailures(copyToRemoteInputs, news)]);
    if (!needsCopy(olds.state, news)) return news;
    if (call.preview) return { ...news, source: UNKNOWN };
    await copy(call, news);
    return news;
  },

  // The file stays: what else is in it by now is not known.
  async delete() {},
};
