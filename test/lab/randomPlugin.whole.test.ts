import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

const executable = join(import.meta.dirname, "../../lab/plugins/random/pulumi-resource-random");
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

type Properties = Record<string, unknown>;
type Done<Response> = (error: ServiceError | null, response: Response) => void;

const promised = <Response>(call: (done: Done<Response>) => void): Promise<Response> =>
  new Promise((answered, failed) => call((error, response) => (error === null ? answered(response) : failed(error))));
const struct = (properties: Properties) => structs.Struct.fromJavaScript(properties as never);
const urn = (type: string) => `urn:pulumi:dev::box::random:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}::it`;

describe("the plugin random", () => {
  let plugin: ChildProcess;
  let client: InstanceType<typeof services.ResourceProviderClient>;

  let folder: string;

  before(async function () {
    // Node and gRPC start in about a second.
    this.timeout(20_000);
    // As it may be installed: by a link in a folder of Pulumi's.
    folder = await mkdtemp(join(tmpdir(), "random-plugin-"));
    const link = join(folder, "pulumi-resource-random");
    await symlink(executable, link);
    plugin = spawn(link, [], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(plugin.stdout ?? assert.fail(), "data")) as [Buffer];
    client = new services.ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, credentials.createInsecure());
  });

  after(async () => {
    client.close();
    plugin.kill();
    await rm(folder, { recursive: true });
  });

  async function create(type: string, inputs: Properties, preview = false) {
    const request = new messages.CreateRequest();
    request.setUrn(urn(type));
    request.setProperties(struct(inputs));
    request.setPreview(preview);
    const response = await promised<InstanceType<typeof messages.CreateResponse>>((done) =>
      client.create(request, done),
    );
    return { id: response.getId(), state: response.getProperties()?.toJavaScript() as Properties };
  }

  async function failures(type: string, inputs: Properties): Promise<string[]> {
    const request = new messages.CheckRequest();
    request.setUrn(urn(type));
    request.setNews(struct(inputs));
    const response = await promised<InstanceType<typeof messages.CheckResponse>>((done) => client.check(request, done));
    return response.getFailuresList().map((failure) => failure.getProperty());
  }

  it("ends when the process that started it was killed", async function () {
    // It looks every 2 s; Node takes a second to start.
    this.timeout(20_000);
    const engine = spawn("sh", ["-c", '"$0" >&2 & echo $!; wait', executable], { stdio: ["ignore", "pipe", "pipe"] });
    const [[pid]] = (await Promise.all([once(engine.stdout, "data"), once(engine.stderr, "data")])) as [
      [Buffer],
      unknown,
    ];
    try {
      engine.kill("SIGKILL");
      // The plugin holds the pipe: it ends with the last one who has it.
      await once(engine.stderr, "close", { signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      process.kill(Number(String(pid)), "SIGKILL");
      throw error;
    }
  });

  it("makes a secret password of the given length and kinds of characters", async () => {
    const { id, state } = await create("RandomPassword", { length: 24, special: false, minNumeric: 3 });
    assert.equal(id, "none");
    const { value, ...mark } = state["result"] as { value: string };
    assert.deepEqual(mark, SECRET);
    assert.match(value, /^[a-zA-Z0-9]{24}$/);
    assert.ok(value.replace(/\D/g, "").length >= 3, `three digits in ${value}`);
    assert.equal(state["numeric"], true);
    const second = await create("RandomPassword", { length: 24 });
    assert.notEqual((second.state["result"] as { value: string }).value, value);
  });

  it("does not show a password in a preview", async () => {
    const { id, state } = await create("RandomPassword", { length: 8 }, true);
    assert.equal(id, "");
    assert.deepEqual(state["result"], {
      "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
      secret: true,
    });
  });

  it("makes strings, integers, ids and UUIDs", async () => {
    const text = await create("RandomString", { length: 12, upper: false, numeric: false, special: false });
    assert.match(text.id, /^[a-z]{12}$/);
    assert.equal(text.state["result"], text.id);
    const integer = await create("RandomInteger", { min: 5, max: 6 });
    assert.ok([5, 6].includes(integer.state["result"] as number));
    assert.equal(integer.id, String(integer.state["result"]));
    const bytes = await create("RandomId", { byteLength: 4, prefix: "box-" });
    const hex = String(bytes.state["hex"]);
    assert.match(hex, /^box-[0-9a-f]{8}$/);
    assert.equal(bytes.state["dec"], `box-${parseInt(hex.slice(4), 16)}`);
    assert.equal(bytes.state["b64Url"], `box-${bytes.id}`);
    const uuid = await create("RandomUuid", {});
    assert.match(uuid.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("refuses wrong inputs, naming them", async () => {
    assert.deepEqual(await failures("RandomPassword", { length: 24 }), []);
    assert.deepEqual(await failures("RandomPassword", {}), ["length"]);
    assert.deepEqual(await failures("RandomPassword", { length: 2, minLower: 3 }), ["length"]);
    assert.deepEqual(await failures("RandomInteger", { min: 2, max: 1 }), ["max"]);
    assert.deepEqual(await failures("RandomInteger", { min: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", max: 1 }), []);
  });

  it("replaces the value when an input changes", async () => {
    const request = new messages.DiffRequest();
    request.setUrn(urn("RandomPassword"));
    request.setOlds(struct({ length: 24, keepers: { a: "1" }, result: "x" }));
    request.setOldInputs(struct({ length: 24, keepers: { a: "1" } }));
    const replaces = async (news: Properties) => {
      request.setNews(struct(news));
      const response = await promised<InstanceType<typeof messages.DiffResponse>>((done) => client.diff(request, done));
      return response.getReplacesList();
    };
    assert.deepEqual(await replaces({ length: 24, keepers: { a: "1" } }), []);
    assert.deepEqual(await replaces({ length: 24, keepers: { a: "2" } }), ["keepers"]);
  });
});
