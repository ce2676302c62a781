import type { App } from "../model.ts";
import type { AppConfiguration } from "../schema/configuration.ts";

/** An app with its defaults filled in. */
export function resolveApp(name: string, app: AppConfiguration): App {
  return {
    name,
    port: app.port,
    namespace: app.namespace,
    selector: app.selector ?? { app: name },
    targetPort: app.targetPort ?? app.servicePort,
    servicePort: app.servicePort,
  };
}
