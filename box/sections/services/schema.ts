import { z } from "zod";
import { closed } from "../../schema/closed.ts";
import { balance, check, listenAddress, mode, options } from "../../schema/destination.ts";
import { params } from "../../schema/params.ts";
import { named, referenceTo } from "../../schema/references.ts";
import { location, passHeaders, websocket } from "../../schema/location.ts";
import { name } from "../../schema/scalars.ts";

const web = closed({
  location: location.optional().describe("Path on the web servers. Default `/<name of the service>/`."),
  params,
  websocket,
  passHeaders,
});

const service = closed({
  app: referenceTo("apps").optional().describe("App that is exposed. Default: the app with the service's own name."),
  mode,
  address: listenAddress,
  balance,
  options,
  check,
  web: z
    .union([z.literal(false), web], { error: "is neither false nor the location on the web servers" })
    .prefault({})
    .describe(
      "The location on the web servers. `false`: none, for what is not HTTP or is for the gateways' network alone.",
    ),
});

/** Section `services`: what is exposed to the outside with one declaration. */
export const schema = named(name, service)
  .default({})
  .describe(
    "Services of the cluster that are exposed. Each makes the NodePort Service, the gateway route and the location on " +
      "the web servers, all from the port of its app.",
  );
