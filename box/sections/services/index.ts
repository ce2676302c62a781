import type { Draft } from "../../draft.ts";
import { unknown } from "../../unknownNames.ts";
import { resolveService, routeContext } from "../../resolveRoutes.ts";
import { pathOf, type Violation } from "../../violations.ts";
import type { Section } from "../section.ts";
import { schema } from "./schema.ts";

/** What is exposed to the outside with one declaration. */
export const services: Section<"services", typeof schema> = {
  name: "services",
  schema,
  rules: [appsByName, throughGateways, atWebservers],
  resolve: ({ draft, configuration }) => {
    const context = routeContext(draft);
    return Object.entries(configuration.services).map(([name, service]) =>
      resolveService(context, configuration, name, service),
    );
  },
};

/** What is exposed passes the gateways. */
function* throughGateways({ services, written }: Draft): Generator<Violation> {
  const [first] = services.keys();
  if (first === undefined || written.has("kubeGateways")) return;
  const message = `is missing, and ${first} of services is exposed through the gateways: write the section`;
  yield { path: "kubeGateways", message };
}

/** A location stands on web servers. */
function* atWebservers({ services, written }: Draft): Generator<Violation> {
  const first = [...services].find(([, { web }]) => web !== false)?.[0];
  if (first === undefined || written.has("webservers")) return;
  const message =
    `is missing, and ${first} of services has a location on the web servers: ` +
    `write the section, or "web: false" for what has none`;
  yield { path: "webservers", message };
}

/** A service that names no app is that of the app with its own name. */
function* appsByName({ services, declared: { apps } }: Draft): Generator<Violation> {
  if (apps === undefined) return;
  for (const [name, service] of services) {
    if ("app" in service || apps.has(name)) continue;
    yield { path: pathOf("services", name, "app"), message: unknown("app", "apps", name, apps) };
  }
}
