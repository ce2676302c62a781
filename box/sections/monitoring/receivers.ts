import { entriesOf, itemsOf, type Draft } from "../../draft.ts";
import { suggestion } from "../../nearMiss.ts";
import { pathOf, type Violation } from "../../violations.ts";
import { urlFault } from "../containerRuntime/urls.ts";

const path = pathOf("monitoring", "alertmanager");

/** Whoever gets what is sent to nobody; no receiver may be called so. */
export const nobody = "nobody";

/** Each receiver has an address, and one that can be one. */
export function* receiversWithAddresses({ monitoring: { alertmanager } }: Draft): Generator<Violation> {
  for (const [name, receiver] of entriesOf(alertmanager?.receivers)) {
    const at = pathOf(path, "receivers", name);
    if (name === nobody)
      yield { path: at, message: `"${nobody}" is who gets nothing: choose another name`, isKey: true };
    if (!["webhook", "email", "slack"].some((way) => way in receiver))
      yield { path: at, message: "has no address: write webhook, email or slack" };
    const { webhook, email } = receiver;
    yield* urlViolation(pathOf(at, "webhook", "url"), webhook?.url, "https://hooks.site/alerts");
    yield* userViolation(pathOf(at, "webhook"), webhook);
    const port = Number(email?.smarthost?.split(":").at(-1) ?? 25);
    if (port < 1 || port > 65_535)
      yield {
        path: pathOf(at, "email", "smarthost"),
        message: `"${email?.smarthost ?? ""}": ${port} is not a port: write 1 to 65535`,
      };
  }
}

/** What is sent on is sent to a URL without a password, by a user where that is asked for. */
export function* remoteEnd({ monitoring: { prometheus, url } }: Draft): Generator<Violation> {
  const at = pathOf("monitoring", "prometheus", "remoteWrite");
  yield* urlViolation(pathOf(at, "url"), prometheus?.remoteWrite?.url, "https://metrics.site/api/v1/write");
  yield* userViolation(at, prometheus?.remoteWrite);
  yield* urlViolation(pathOf("monitoring", "url"), url, "https://protobox.test");
}

/** Alerts go to receivers that there are. */
export function* knownReceivers({ monitoring: { alertmanager }, refused }: Draft): Generator<Violation> {
  // Receivers that could not be read are told by themselves.
  if (alertmanager?.receivers === undefined) return;
  const names = Object.keys(alertmanager.receivers);
  const unknown = function* (at: string, name: string | undefined): Generator<Violation> {
    if (name === undefined || name === nobody || names.includes(name)) return;
    yield { path: at, message: `unknown receiver "${name}"${suggestion(name, names)}` };
  };
  const { route, watchdog } = alertmanager;
  yield* unknown(pathOf(path, "route", "receiver"), route?.receiver);
  for (const [index, { receiver }] of itemsOf(route?.branches))
    yield* unknown(pathOf(path, "route", "branches", index, "receiver"), receiver);
  yield* unknown(pathOf(path, "watchdog"), watchdog);
  const at = pathOf(path, "route", "receiver");
  if (
    names.length > 1 &&
    route !== undefined &&
    !("receiver" in route && route.receiver !== undefined) &&
    !refused.has(at)
  )
    yield {
      path: at,
      message: `is missing, and there are ${names.length} receivers: name who gets what no branch is for`,
    };
}

/** Alerts that nobody is told of are hardly meant. */
export function* somebodyIsTold({ monitoring: { alertmanager } }: Draft): Generator<Violation> {
  if (alertmanager === undefined || Object.keys(alertmanager.receivers ?? {}).length > 0) return;
  const message = "is empty: alerts are seen on Alertmanager's pages, and nobody is told of them";
  yield { path: pathOf(path, "receivers"), message };
}

function* urlViolation(at: string, url: string | undefined, example: string): Generator<Violation> {
  const fault = url === undefined ? undefined : urlFault(url, example);
  if (fault !== undefined) yield { path: at, message: fault };
}

interface WithUser {
  readonly authentication?: string | undefined;
  readonly username?: string | undefined;
}

function* userViolation(at: string, end: WithUser | undefined): Generator<Violation> {
  if (end?.authentication === "basic" && !("username" in end))
    yield { path: pathOf(at, "username"), message: "is missing: authentication basic asks for a user" };
  if (end?.username !== undefined && end.authentication !== undefined && end.authentication !== "basic")
    yield {
      path: pathOf(at, "username"),
      message: `"${end.username}" is asked for nowhere: write authentication: basic, or take it out`,
    };
}
