import * as pulumi from "@pulumi/pulumi";
import { boxOfPart, gitlabOf, type Box, type GitLabRunners, type Host } from "../box/index.ts";
import { HostUnit } from "../host/HostUnit.ts";
import { endsWith } from "../host/order.ts";
import { gitlabAssembly, gitlabSecretFiles, gitlabSecretsNeeded } from "../render/gitlab/index.ts";
import { gitlabRunnerAssembly, runnerAuthorityFile, runnerTokenFile } from "../render/gitlabRunner/index.ts";
import { assemblyUnits } from "./assemblyUnits.ts";
import { keptEdgeAuthority } from "./edgeAuthority.ts";
import { firewalled } from "./HostFirewall.ts";
import { faultsOf, gitlabSecretsOf, soundSecret, type GitLabSecrets } from "./gitlabSecrets.ts";
import { randomPassword } from "./randomPassword.ts";
import { backupsFirst, rolling } from "./rolling.ts";
import { orRunError } from "./runError.ts";
import { and, dependencies, type Before } from "./waiting.ts";

/** What a `GitLab` is made from: a box, or its section `gitlab`. It stands behind the box's web servers, so never alone. */
export type GitLabArgs = ({ readonly box: Box } | NonNullable<Box["gitlab"]>) & {
  /**
   * Its secrets: `rootPassword`, of the first start, `smtpPassword` and `runnerToken`.
   * @default those that came with the box, and a password of root that is generated and kept in the state
   */
  readonly secrets?: GitLabSecrets | undefined;
  /**
   * Certificate of the authority that has signed the web servers', in PEM, where the box issues it: runners know them by it.
   * @default that of the box's `WebserverPool`, when it is made before
   */
  readonly authority?: pulumi.Input<string> | undefined;
};

/**
 * GitLab of its own package on one host: configured from typed arguments, its data on a shared volume, its port open to the web
 * servers alone, backed up by a timer. It is there when it says itself that it is ready. A configuration that GitLab cannot take is
 * taken back, with GitLab's words. Its runners are told of it when it is there. Removing it keeps the data.
 *
 * @throws pulumi.ResourceError when a secret is missing, is for nobody, or would be refused by GitLab.
 * @throws pulumi.RunError when the box has no GitLab.
 * @example new GitLab("gitlab", { box }, { dependsOn: [volumes, webservers] });
 */
export class GitLab extends pulumi.ComponentResource {
  /** The box that it stands on. */
  readonly box: Box;
  /** Where it is found. */
  readonly url: string;
  /** The password of `root` at its first start, a secret. Another one is set in GitLab. */
  readonly rootPassword: pulumi.Output<string>;

  constructor(name: string, args: GitLabArgs, opts?: pulumi.ComponentResourceOptions) {
    const { secrets: given, authority, ...described } = args;
    const box = gitlabBox(name, given === undefined && authority === undefined ? args : described);
    const gitlab = orRunError(() => gitlabOf(box));
    const { pool, edition, externalUrl, network, port, data, runners } = gitlab;
    const hosts = backupsFirst(box, pool).map((host) => host.name);
    super("gatebox:index:GitLab", name, { box: box.name, hosts, edition, externalUrl, network, port, data }, opts);
    this.box = box;
    this.url = externalUrl;
    const secrets = given ?? gitlabSecretsOf(box);
    const faults = faultsOf(box, secrets);
    if (faults.length > 0) throw new pulumi.ResourceError(faults.join("\n"), this, true);
    this.rootPassword = soundSecret("rootPassword", secrets.rootPassword ?? this.generated(name));

    const before = firewalled(this, name, { box, pools: [pool] }, dependencies(opts));
    const bases = assemblyUnits(this, name, { box, pools: [pool], assembly: gitlabAssembly }, before);
    const after = and(before, bases.map(({ unit }) => unit)); // prettier-ignore
    const all = { ...secrets, rootPassword: this.rootPassword };
    const units = rolling(backupsFirst(box, pool), after, (host, on) => this.secrets(name, host, all, on));
    endsWith(this, units);
    const token = secrets.runnerToken;
    if (runners !== undefined && token !== undefined)
      this.runners(`${name}-runners`, { runners, token, authority }, and(before, units));
    this.registerOutputs({ url: this.url });
  }

  /** Runners on their hosts, and the token last: what holds it travels in a resource of its own. */
  private runners(name: string, { runners, token, authority }: RunnersArgs, after: Before): void {
    const { box } = this;
    const { pool } = runners;
    const before = firewalled(this, name, { box, pools: [pool] }, after);
    const certificate = box.webservers?.issuedByBox === true ? (authority ?? keptEdgeAuthority(box)) : "";
    if (certificate === undefined) throw new pulumi.ResourceError(noAuthority, this, true);
    const more = () => (certificate === "" ? [] : [{ path: runnerAuthorityFile, text: certificate }]);
    const args = {
      box,
      pools: [pool],
      assembly: gitlabRunnerAssembly,
      more,
    };
    const bases = assemblyUnits(this, name, args, before);
    const files = [{ ...runnerTokenFile, text: soundSecret("runnerToken", token) }];
    const assembly = gitlabRunnerAssembly.name;
    const tokens = rolling(backupsFirst(box, pool), and(before, bases.map(({ unit }) => unit)), (host, dependsOn) =>
      new HostUnit(`${name}-${host.name}-token`, { host, assembly, unit: `${box.name}.token`, files, secret: true }, { parent: this, dependsOn }),
    ); // prettier-ignore
    endsWith(this, tokens);
  }

  /** Letters and digits of both cases hold none of the words that GitLab refuses but by a chance of one in millions. */
  private generated(name: string): pulumi.Output<string> {
    return new (randomPassword("the password of GitLab's root", "give one"))(
      `${name}-root-password`,
      { length: 32, special: false },
      { parent: this },
    ).result;
  }

  /** What holds secrets travels in a resource of its own, so that a preview shows every other file in plain. */
  private secrets(name: string, host: Host, secrets: GitLabSecrets, dependsOn: Before): HostUnit {
    const gitlab = gitlabOf(this.box);
    const needed = gitlabSecretsNeeded(gitlab);
    const texts = pulumi.secret(pulumi.all(needed.map((one) => soundSecret(one, secrets[one] ?? "")))).apply((all) =>
      gitlabSecretFiles(gitlab, Object.fromEntries(needed.map((one, index) => [one, all[index]]))).map(({ text }) => text),
    ); // prettier-ignore
    // Paths and modes do not depend on the secrets.
    const shapes = gitlabSecretFiles(gitlab, Object.fromEntries(needed.map((one) => [one, "-"])));
    const files = shapes.map(({ path, mode }, index) => ({ path, mode, text: texts.apply((all) => all[index] ?? "") }));
    const { name: assembly, seconds } = gitlabAssembly;
    return new HostUnit(
      `${name}-${host.name}-secrets`,
      { host, assembly, unit: `${this.box.name}.secrets`, files, secret: true, seconds },
      { parent: this, dependsOn },
    );
  }
}

interface RunnersArgs {
  readonly runners: GitLabRunners;
  readonly token: pulumi.Input<string>;
  readonly authority: pulumi.Input<string> | undefined;
}

const noAuthority =
  "webservers.tls.issuedByBox is true, and the authority's certificate, by which runners know the web servers, is not known here: make " +
  "the WebserverPool first, or give authority, the output of the stack that makes it";

function gitlabBox(name: string, args: object): Box {
  const box = "box" in args ? (args.box as Box) : boxOfPart(args);
  if (box !== undefined) return box;
  throw new pulumi.RunError(`"${name}" was given neither a box, nor the section gitlab of one: write { box }`);
}
