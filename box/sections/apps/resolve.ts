import type { Configuration } from "../../configuration.ts";
import type { App } from "../../model.ts";

/** An app with its defaults filled in. */
export function resolveApp(name: string, app: Configuration["apps"][string]): App {
  return {
    name,
    port: app.port,
    namespace: app.namespace,
    selector: app.selector ?? { app: name },
    targetPort: app.targetPort ?? app.servicePort,
    servicePort: app.servicePort,
  };
}
