import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { location } from "../../schema/location.ts";
import { referenceTo } from "../../schema/references.ts";
import { address, port } from "../../schema/scalars.ts";
import { ToolAuth, toolPrograms, type ToolName } from "./programs.ts";

const path = location
  .refine((one) => one !== "/", "is where everything begins: write a path of its own, such as /prometheus/")
  .refine((one) => !one.startsWith("/-/"), "is the web servers' own place: write another path");

function tool(name: ToolName) {
  const { title, port: usual, hasLogIn } = toolPrograms[name];
  // GitLab's section says it where the box runs GitLab, so it is no fixed number.
  const ownPort =
    name === "gitlab"
      ? port
          .optional()
          .describe(
            `Port of ${title} on these hosts, for the web servers alone. Default: that of \`gitlab\`, else ${usual}.`,
          )
      : port.default(usual).describe(`Port of ${title} on these hosts, for the web servers alone. Default ${usual}.`);
  const ownPools: Partial<Record<ToolName, string>> = {
    gitlab: "that of `gitlab`, else of `monitoring`",
    consul: "the servers of `consul`, else that of `monitoring`",
  };
  const ownPool = ownPools[name] ?? "that of `monitoring`";
  const standard = hasLogIn ? "Default `none`: it asks for a password itself." : "Default `oidc` where there is an `oidcProxy`, else `password`."; // prettier-ignore
  return closed({
    path: path
      .default(`/${name}/`)
      .describe(
        `Path on the web servers, with a slash at both ends; ${title} is to know it too. Default \`/${name}/\`.`,
      ),
    upstream: closed({
      pool: referenceTo("pools")
        .optional()
        .describe(`Pool whose hosts run it, on the web servers' \`upstreamNetwork\`. Default: ${ownPool}.`),
      port: ownPort,
    })
      .prefault({})
      .describe("Where it runs. The first host of the pool answers; when that does not, the next one does."),
    auth: z
      .enum(ToolAuth)
      .optional()
      .describe(
        "Who asks for a log-in: the web servers, for the user of `tools` (`password`) or with the OIDC proxy (`oidc`), or " +
          `nobody but the tool (\`none\`, for Grafana and GitLab alone). ${standard}`,
      ),
  })
    .optional()
    .describe(`${title} behind the web servers.`);
}

const oidcAddress = address.refine(
  (one) => one !== "0.0.0.0",
  "is where a program listens, and nobody can be asked there: write the address of the proxy",
);

/** Section `tools`: what the operator of a box looks at, behind its web servers. */
export const schema = closed({
  username: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'is not the name of a user: write lower-case letters, digits and "-", at most 32')
    .default("operator")
    .describe(
      "The user whom the web servers let in to tools with `auth: password`. The password is generated (the stack's output " +
        "`toolsPassword`), unless it is set: `pulumi config set --secret toolsPassword`. Default `operator`.",
    ),
  oidcProxy: closed({
    address: oidcAddress.describe("Address of the OIDC proxy, as the web servers reach it."),
    port: port.default(4180).describe("Its port. Default 4180."),
    path: path
      .default("/oauth2/")
      .describe("Where clients find it on the web servers (its `--proxy-prefix`). Default `/oauth2/`."),
  })
    .optional()
    .describe("An oauth2-proxy that says who is asking, for tools with `auth: oidc`."),
  prometheus: tool("prometheus"),
  alertmanager: tool("alertmanager"),
  grafana: tool("grafana"),
  consul: tool("consul"),
  gitlab: tool("gitlab"),
})
  .optional()
  .describe(
    "The tools of who operates the box, behind its web servers and a log-in. Without this section there are none.",
  );
