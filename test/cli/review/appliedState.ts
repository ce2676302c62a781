/** The state that an `up` would leave, made of a preview and its saved plan: a change is previewed without hosts. */
import { generateKeyPairSync } from "node:crypto";

/** A step of a preview in which all is created. */
interface Created {
  readonly newState: {
    readonly urn: string;
    readonly type: string;
    readonly custom: boolean;
    readonly inputs?: object;
    readonly provider?: string;
  };
}

/** What the lab's plugins are. */
const versions: Readonly<Record<string, string>> = { command: "1.2.1", kubernetes: "4.25.0", random: "4.21.2" };

const secretOf = (value: unknown): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

/**
 * A deployment that the engine imports.
 *
 * @param steps of `pulumi preview --json`
 * @param plan what `--save-plan` has written: it has the secrets, encrypted
 * @param salt of the stack's passphrase
 */
export function appliedState(
  steps: readonly Created[],
  plan: { readonly resourcePlans: Readonly<Record<string, { readonly goal?: { inputDiff?: { adds?: object } } }>> },
  salt: string,
): object {
  const providers = new Map<string, string>();
  const resources = steps.map(({ newState: { provider, ...state } }) => {
    const goal = plan.resourcePlans[state.urn]?.goal?.inputDiff?.adds ?? {};
    // What no plugin has looked at yet stands in the plan, with its secrets; objects are completed by their plugin.
    const inputs = state.type.startsWith("kubernetes:") ? (state.inputs ?? {}) : goal;
    if (!state.custom || provider === undefined) return { ...state, inputs };
    const urn = provider.replace(/::[^:]*$/, "");
    providers.set(urn, `11111111-1111-4111-8111-${String(urn.length).padStart(12, "0")}`);
    const id = state.urn.split("::").at(-1);
    return { ...state, id, inputs, outputs: { ...inputs, ...outputsOf(state) }, provider: `${urn}::${providers.get(urn)}` };
  }); // prettier-ignore
  const made = [...providers].map(([urn, id]) => {
    const type = urn.split("::")[2] ?? "";
    const version = { version: versions[type.split(":").at(-1) ?? ""] };
    return { urn, id, type, custom: true, inputs: version, outputs: version };
  });
  const secrets_providers = { type: "passphrase", state: { salt } };
  const [stack, ...others] = resources;
  return { version: 3, deployment: { manifest: {}, secrets_providers, resources: [stack, ...made, ...others] } };
}

/** What a resource is found to be beside its inputs. */
function outputsOf({ urn, type, inputs = {} }: Created["newState"]): object {
  if (type.startsWith("kubernetes:")) return { __initialApiVersion: "v1", __inputs: inputs };
  if (type.startsWith("random:")) return { result: secretOf("s".repeat(64)), bcryptHash: secretOf("") };
  return { stdout: urn.includes("HostKey") ? publicKey : "", stderr: "" };
}

const publicKey = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" });
