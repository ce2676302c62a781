import { z } from "zod";
import { closed } from "./closed.ts";
import { balance, check, listenAddress, mode, options } from "./destination.ts";
import { params } from "./params.ts";
import { location, websocket } from "./webservers.ts";
import { name, reference } from "./scalars.ts";

const service = closed({
  app: reference.optional().describe("App that is exposed. Default: the app with the service's own name."),
  mode,
  address: listenAddress,
  balance,
  options,
  check,
  web: closed({
    location: location.optional().describe("Path on the web servers. Default `/<name of the service>/`."),
    params,
    websocket,
  })
    .prefault({})
    .describe("The location on the web servers."),
});

/** Section `services`: what is exposed to the outside with one declaration. */
export const services = z
  .record(name, service)
  .default({})
  .describe(
    "Services of the cluster that are exposed. Each makes the NodePort Service, the gateway route and the location on " +
      "the web servers, all from the port of its app.",
  );
