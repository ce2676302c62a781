/** A Pulumi program run with mocks, and everything that it asks of the engine. */
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import "./lightPromises.ts";

/** How the SDK marks a secret on its way to the engine: a key and its value, beside the value itself. */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270";

/** A request to register a resource. */
export interface Registration {
  /** The last part of its type's token, for example `HostUnit`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** URN of its parent; empty for the stack. */
  readonly parent: string;
  /** URNs of all that must be there first, over any number of steps. Of a component the SDK names what it is made of. */
  readonly dependencies: readonly string[];
  /** Its inputs without what is secret in them. */
  readonly plain: Readonly<Record<string, unknown>>;
  /** Every text that is secret in them. */
  readonly secrets: readonly string[];
  /** Outputs that are secret whatever the provider says. */
  readonly secretOutputs: readonly string[];
}

/** The part of a request of the SDK that is looked at here. */
interface Request {
  getName(): string;
  getType(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

type Reply = (error: unknown, response?: { getUrn(): string }) => void;

/** Leaves out what is secret and hands it to `found`. */
function withoutSecrets(value: unknown, found: (secret: unknown) => void): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, found));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.some(([key, mark]) => key === SECRET_KEY && mark === SECRET_VALUE)) {
    found((value as { value?: unknown }).value);
    return "[secret]";
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutSecrets(item, found)]));
}

function registration(request: Request, urn: string): Omit<Registration, "dependencies"> {
  const secrets: string[] = [];
  const keep = (secret: unknown): void =>
    void secrets.push(typeof secret === "string" ? secret : JSON.stringify(secret));
  return {
    type: request.getType().split(":").at(-1) ?? "",
    name: request.getName(),
    urn,
    parent: request.getParent(),
    plain: withoutSecrets(request.getObject().toJavaScript(), keep) as Record<string, unknown>,
    secrets,
    secretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

/**
 * Runs a program as `pulumi preview` would, in the order of its own making.
 *
 * @param stackFile text of the stack file; secrets of it stand there in plain
 * @param program what the program does
 * @param states what resources are found to be beside their inputs, by name: the outputs of another stack, for one
 * @param project the name that its configuration goes by
 * @returns all that was registered; when the program ends with an error, that error is thrown
 */
export async function registrationsOf(
  stackFile: string,
  program: () => unknown,
  states: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
  project = "gatebox",
): Promise<readonly Registration[]> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...(inputs as object), ...states[name] } }),
    call: ({ inputs }) => inputs as Record<string, unknown>,
  };
  await pulumi.runtime.setMocks(mocks, project, "protobox", true);
  const { config } = parse(stackFile) as { config: Record<string, unknown> };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
    ["tlsPrivateKey", "registryPasswords", "toolsPassword", "grafanaPassword", "gitlabSecrets"].map((key) => `gatebox:${key}`), // prettier-ignore
  );
  const found: Registration[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, (request: Request, reply: Reply) => void>;
  const before = new Map<string, readonly string[]>();
  const register = monitor["registerResource"]?.bind(monitor);
  monitor["registerResource"] = (request, reply) =>
    register?.(request, (error, response) => {
      if (response !== undefined) {
        const direct = request.getDependenciesList();
        const dependencies = [...new Set(direct.flatMap((urn) => [urn, ...(before.get(urn) ?? [])]))];
        before.set(response.getUrn(), dependencies);
        found.push({ ...registration(request, response.getUrn()), dependencies });
      }
      reply(error, response);
    });
  try {
    await program();
  } finally {
    await pulumi.runtime.disconnect(false);
  }
  return found;
}
