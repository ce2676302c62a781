/** The plugin `random`: values that are made once and then stay, as the vendor's version 4.21.2 makes them. */
import type { Provider } from "../protocol/provider.ts";
import { serve } from "../protocol/serve.ts";
import { randomId, randomInteger, randomPassword, randomString, randomUuid } from "./generators.ts";
import { randomResource } from "./randomResource.ts";

const VERSION = "4.21.2";

const resources = {
  "random:index/randomId:RandomId": randomResource(randomId),
  "random:index/randomInteger:RandomInteger": randomResource(randomInteger),
  "random:index/randomPassword:RandomPassword": randomResource(randomPassword),
  "random:index/randomString:RandomString": randomResource(randomString),
  "random:index/randomUuid:RandomUuid": randomResource(randomUuid),
};

const provider: Provider = {
  name: "random",
  version: VERSION,
  // Programs bring the vendor's SDK: nothing is generated from this schema, which only tells what there is.
  schema: () => ({
    name: "random",
    version: VERSION,
    resources: Object.fromEntries(Object.keys(resources).map((token) => [token, {}])),
  }),
  resources,
  functions: {},
};

await serve(provider, process.argv.slice(2));
