/**
 * The box's own registry as people of the box use it: an image is pushed with the password that the stack has made, and a pod
 * runs whose image a node has fetched with it.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { kubectl, kubectlChecked } from "../cluster/programs.ts";
import { execChecked } from "../hosts/exec.ts";
import { NAMES_OF_THE_BOX } from "../inventory.ts";
import { runAsOperator } from "../operator.ts";
import { buildPodImage, podImageNames, type PodImage } from "../pods/image.ts";
import type { LabStack } from "../stack.ts";
import type { Lab } from "../state.ts";

/** Its name, and the address of the web servers that the site's name server gives for it. */
export const REGISTRY = "registry.protobox";
export const EDGE = NAMES_OF_THE_BOX[REGISTRY];

/** The pod that is shown, and where it runs. */
const POD = "from-registry";
const NODE = "node-1";

/** A pod whose image was fetched from the box's own registry. */
export interface SeenImage {
  readonly image: string;
  readonly pod: string;
  readonly node: string;
  /** What it answers when it is asked for its name; empty when it does not. */
  readonly answer: string;
  /** Why it does not, in one line; empty when it does. */
  readonly trouble: string;
}

/** Pushes the image of the lab's pods, has a node fetch it, and asks the pod. Whatever is in the way is part of what is seen. */
export async function lookAtRegistry(lab: Lab, stack: LabStack): Promise<SeenImage> {
  const built = await buildPodImage();
  const { key: tag } = await podImageNames();
  const seen = { image: `${REGISTRY}/lab/web:${tag}`, pod: POD, node: NODE };
  try {
    await push(lab, built, { name: "lab/web", tag }, await generatedPassword(stack), await authorityOf(lab, stack));
    // A pod of an earlier look would prove nothing.
    await kubectlChecked(lab, ["delete", "pod", POD, "--ignore-not-found", "--wait=true"]);
    const { pod } = await answerOfPod(lab, POD, seen.image);
    return { ...seen, answer: pod, trouble: pod === POD ? "" : `pod ${pod} answers instead` };
  } catch (error) {
    const [trouble = ""] = (error instanceof Error ? error.message : String(error)).trim().split("\n").slice(-1);
    return { ...seen, answer: "", trouble: trouble.slice(0, 300) };
  }
}

/** The pod of the last look, in a line for people: its image, where it runs and whether; undefined where there is none. */
export async function podOfLastLook(lab: Lab): Promise<string | undefined> {
  const facts = "jsonpath={.spec.containers[0].image} on {.spec.nodeName}: {.status.phase}";
  const args = ["get", "pod", POD, "--ignore-not-found", "--request-timeout=5s", `--output=${facts}`];
  const answer = await kubectl(lab, args, { timeoutSeconds: 15 }).catch(() => undefined);
  return answer?.code === 0 && answer.stdout !== "" ? `pod ${POD}, ${answer.stdout}` : undefined;
}

/** The password that the stack has made for the registry. */
export function generatedPassword(stack: LabStack): Promise<string> {
  return generated(stack, "registry-password");
}

/** What a stack has made at random, by the name of its resource. */
export async function generated(stack: LabStack, name: string): Promise<string> {
  const { stdout } = await stack.pulumi(["stack", "export", "--show-secrets"]);
  const { deployment } = JSON.parse(stdout) as {
    readonly deployment: { readonly resources?: readonly { readonly urn: string; readonly outputs?: object }[] };
  };
  const made = deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  const { result } = (made?.outputs ?? {}) as { readonly result?: { readonly plaintext: string } };
  if (result === undefined) throw new Error(`the stack has made no ${name}`);
  return JSON.parse(result.plaintext) as string;
}

/** A file with the authority that has signed the certificate of the web servers, from the stack. */
export async function authorityOf(lab: Lab, stack: LabStack): Promise<string> {
  const { code, stdout, stderr } = await stack.pulumi(["stack", "output", "authority"], { timeoutSeconds: 60 });
  if (code !== 0) throw new Error(`the stack exports no authority: ${stderr.trim()}`);
  const file = path.join(lab.directory, "edge-authority.pem");
  await writeFile(file, stdout);
  return file;
}

/** Puts the image of the lab's pods into the registry, from the operator's workstation; the digests of its files. */
export async function push(
  lab: Lab,
  image: PodImage,
  { name, tag }: { readonly name: string; readonly tag: string },
  password: string,
  authority: string,
): Promise<readonly string[]> {
  const script = path.join(import.meta.dirname, "push-archive.sh");
  const { code, stdout, stderr } = await runAsOperator(
    lab,
    "sh",
    [script, `https://${REGISTRY}`, EDGE, authority, image.archive, name, tag],
    { input: `box:${password}\n`, timeoutSeconds: 120 },
  );
  if (code !== 0) throw new Error(`the push to ${REGISTRY} ended with ${code}: ${stderr.trim()}`);
  return stdout.trim().split(" ");
}

/** Starts a pod on node-1 whose image is fetched from the registry anew, and waits until it runs; what it answers. */
export async function answerOfPod(
  lab: Lab,
  pod: string,
  image: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<{ readonly pod: string }> {
  const manifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod, namespace: "default", labels },
    spec: {
      nodeName: NODE,
      automountServiceAccountToken: false,
      dnsPolicy: "Default",
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "web", image, imagePullPolicy: "Always", env: [{ name: "POD_NAME", value: pod }] }],
    },
  };
  await kubectlChecked(lab, ["apply", "--filename=-"], { input: JSON.stringify(manifest) });
  const ready = await kubectl(lab, ["wait", "--for=condition=Ready", `pod/${pod}`, "--timeout=60s"], { timeoutSeconds: 90 }); // prettier-ignore
  if (ready.code !== 0) throw new Error(`${ready.stderr.trim()}\n${await whyNot(lab, pod)}`);
  const address = await kubectlChecked(lab, ["get", "pod", pod, "--output=jsonpath={.status.podIP}"]);
  const ask = `curl -s -m 10 'http://${address}:8080/'`;
  return JSON.parse((await execChecked(lab, NODE, ask, ask)).stdout) as { readonly pod: string };
}

/** What its node says of a pod that does not start: of its image, as a rule. */
async function whyNot(lab: Lab, pod: string): Promise<string> {
  const waiting = "jsonpath={.status.containerStatuses[*].state.waiting.reason}";
  const { stdout: reason } = await kubectl(lab, ["get", "pod", pod, `--output=${waiting}`]);
  const args = ["get", "events", `--field-selector=involvedObject.name=${pod},type=Warning`];
  const { stdout } = await kubectl(lab, [...args, "--sort-by=.lastTimestamp", "--output=jsonpath={.items[*].message}"]);
  return `pod ${pod} does not start (${reason === "" ? "no reason is given" : reason}): ${stdout.replaceAll("\n", " ")}`;
}
