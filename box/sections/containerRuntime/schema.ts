import { z } from "zod";
import { closed, type KeyExplanation } from "../../schema/closed.ts";
import { named, referenceTo } from "../../schema/references.ts";
import { isReachedDirectly } from "./urls.ts";

// What may hold a password by mistake (URLs) is judged by rules, whose messages do not quote it.

const path = z
  .string()
  .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@-]+)+$/, "is not an absolute path of plain characters");
const plain = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is not a name: write letters, digits, ".", "_", "-"');

// As the OCI's and Docker's references have it: [HOST[:PORT]/]PATH[:TAG][@DIGEST].
const imageStep = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const image = z
  .string()
  .regex(
    new RegExp(
      `^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?/)?${imageStep}(?:/${imageStep})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
    ),
    "is not the name of an image such as registry.k8s.io/pause:3.9",
  );
const positive = z.int().min(1, "is not a whole number from 1 up");

const certificatesAreChecked =
  "certificates are always checked: write ca, the certificate of the authority that has signed the registry's";
const passwordsAreSecrets =
  "a password is a secret of the stack: `pulumi config set --secret --path 'gatebox:registryPasswords[\"NAME\"]'`";

const explainKey: KeyExplanation = (key) => {
  if (/^(?:skip_?verify|insecure(?:_?skip_?verify)?)$/i.test(key)) return certificatesAreChecked;
  if (/^(?:password|auth|token)$/i.test(key)) return passwordsAreSecrets;
  return undefined;
};

const ca = z
  .string()
  .min(1, "is empty: write the path of a PEM file, or leave it out")
  .optional()
  .describe(
    "Certificate of the authority that has signed the server's: the path of a PEM file, relative to the project, or the PEM " +
      "text itself; `system` says that the host's own authorities do. Default: the host's own.",
  );

const mirror = closed(
  {
    url: z.string().describe("Where it is, with its scheme: `https://mirror.box:5000`."),
    ca,
    resolves: z
      .boolean()
      .default(true)
      .describe("Whether it may say which image a tag is; `false`: the registry itself is asked. Default `true`."),
  },
  explainKey,
);

const registry = closed(
  {
    server: z.string().optional().describe("Where it is. Default: `https://` and its name."),
    ca,
    mirrors: z.array(mirror).default([]).describe("Asked before the registry, in this order. Default: none."),
    username: z
      .string()
      // Harbor's robot$name, NVIDIA's $oauthtoken, Google's _json_key.
      .regex(/^[A-Za-z0-9_$][A-Za-z0-9._@+$-]*$/, "is not the name of a user")
      .optional()
      .describe(
        "User that images are pulled as; the password is a secret of the stack. Default: nobody, the registry asks for none.",
      ),
    authentication: z
      .enum(["basic", "token"])
      .default("basic")
      .describe(
        "How the registry wants to be told: `basic` (htpasswd, Harbor, Nexus), of which a change restarts nothing, or " +
          "`token` (GitLab, Docker Hub), of which a change restarts containerd and no pod. Default `basic`.",
      ),
    checked: z
      .boolean()
      .default(true)
      .describe(
        "Whether `up` logs in to see that user and password are right; `false` for a registry that comes later. Default `true`.",
      ),
  },
  explainKey,
);

// A host with or without a port, and containerd's own word for all others.
const registryName = z
  .string()
  .regex(
    /^(?:_default|[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*(?::[0-9]{1,5})?)$/,
    "is not the name of a registry such as registry.protobox or mirror.box:5000, as it stands in front of an image's name",
  );

/** Section `containerRuntime`. */
export const schema = closed({
  pools: z
    .array(referenceTo("pools"))
    .min(1, "is empty: name the pools whose hosts run containers")
    .describe("Pools of the hosts that run containers."),
  network: referenceTo("networks").describe(
    "Network of the cluster's nodes. What nodes ask of each other (kubelet, pod network, NodePorts) is open there.",
  ),
  major: z
    .union([z.literal(1), z.literal(2)], {
      error: "is no major version of containerd that is known: write 1 (Debian's 1.6 and later) or 2",
    })
    .default(1)
    .describe("Major version of containerd on the hosts: 1 (Debian's, 1.6 and later; default) or 2."),
  packages: z
    .array(plain)
    .optional()
    .describe(
      "Packages to install. Default with major 1 `[containerd, runc, containernetworking-plugins]`, else none.",
    ),
  adopt: z
    .boolean()
    .default(false)
    .describe(
      "Take over a containerd that somebody else has set up (Kubespray, Docker). Its configuration is kept, and put back when " +
        "this section is removed. Default `false`: such a host is refused.",
    ),
  systemdCgroup: z
    .boolean()
    .default(true)
    .describe("Whether systemd makes the pods' cgroups; the kubelet must be told the same. Default `true`."),
  sandboxImage: image
    .default("registry.k8s.io/pause:3.9")
    .describe("Image of the container that holds a pod's namespaces. Default `registry.k8s.io/pause:3.9`."),
  snapshotter: plain
    .default("overlayfs")
    .describe("How layers of images are put together: `overlayfs` (default), `native`, `btrfs`, …"),
  restrictOomScoreAdj: z
    .boolean()
    .default(false)
    .describe("Never lower a score of the OOM killer: for hosts that are containers themselves. Default `false`."),
  disableApparmor: z.boolean().default(false).describe("Pods without AppArmor profiles. Default `false`."),
  cni: closed({
    binDir: path
      .optional()
      .describe("Where the plugins are. Default `/usr/lib/cni` with major 1, else `/opt/cni/bin`."),
    confDir: path
      .default("/etc/cni/net.d")
      .describe("Where the pod network's configuration is. Default `/etc/cni/net.d`."),
  })
    .prefault({})
    .describe("The pod network's plugins, as CNI has it."),
  registries: named(registryName, registry)
    .default({})
    .describe(
      "Registries by the name that stands in front of an image's, and how each is reached. `_default`: all others.",
    ),
  proxy: closed({
    http: z.string().optional().describe("Proxy for `http://` URLs, such as `http://proxy.site:3128`."),
    https: z.string().optional().describe("Proxy for `https://` URLs. Default: the one for `http://`."),
    noProxy: z
      .array(z.string().refine(isReachedDirectly, "is neither a host name, an address nor a network"))
      .default([])
      .describe("Names, addresses and networks that are reached without it, beside all of the box."),
  })
    .optional()
    .describe("Proxy that images are pulled through. What is in the box is reached without it. Default: none."),
  limits: closed({
    openFiles: positive.default(1_048_576).describe("Open files of containerd and of each pod. Default 1048576."),
    logLineBytes: positive
      .default(16_384)
      .describe("Length of a line in the log of a container, in bytes; longer ones are cut in parts. Default 16384."),
    journalLines: positive
      .default(10_000)
      .describe("Lines that containerd itself may write to the journal in 30 s. Default 10000."),
    downloads: positive.default(3).describe("Layers of one image that are fetched at a time. Default 3."),
    keepPackedLayers: z
      .boolean()
      .default(false)
      .describe("Keep layers as they were fetched beside their files, which takes twice the disk. Default `false`."),
    freeDiskMb: positive
      .default(2048)
      .describe("Free disk that a host must have for images before it is configured, in MB. Default 2048."),
  })
    .prefault({})
    .describe(
      "What containers may take. The length of a container's whole log is the kubelet's (`containerLogMaxSize`).",
    ),
  settings: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()], { error: "is no text, number, true or false" }))
    .default({})
    .describe(
      "Further keys of containerd's CRI plugin, as its documentation has them: `enable_unprivileged_ports: true`. One that " +
        "this version of containerd does not know is an error at `up`, before anything is changed.",
    ),
})
  .optional()
  .describe(
    "containerd on hosts that run containers: its configuration, the registries that it pulls from, and what it logs in with. " +
      "Without this section the stack leaves the hosts' containerd alone.",
  );
