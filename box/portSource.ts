import { show } from "./printable.ts";

/** What is wrong with how a route says its port, by an app or by a number; undefined where it has one source. */
export function portSourceFault(route: {
  readonly app?: string | undefined;
  readonly port?: number | undefined;
}): string | undefined {
  const given = ["app", "port"].filter((key) => key in route);
  if (given.length === 0) return "has no port: write app (its name) or port (a number)";
  const { app, port } = route;
  if (given.length === 1 || app === undefined || port === undefined) return undefined;
  return `has app ${show(app)} and port ${port}: a port has one source, keep app`;
}
