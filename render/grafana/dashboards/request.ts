import type { Box } from "../../../box/model.ts";
import type { Dashboard } from "./dashboard.ts";
import { lines, numbers, table, words } from "./panels.ts";
import { pictureOf } from "./picture.ts";

/** The route of a series of HAProxy's: what stands before the port in its name. */
const byRoute = (expr: string): string => `label_replace(${expr}, "route", "$1", "proxy", "(.+)-[0-9]+")`;

const backends = '{job="haproxy"}';

/** The way of a request, hop by hop: clients, web servers, gateways, pods. */
export function requestDashboard(box: Box): Dashboard {
  return {
    uid: "gatebox-request",
    title: "The way of a request",
    about: "How many requests come, how many fail and how long they take, from the web servers to the pods.",
    rows: [
      [words("The box", pictureOf(box), 10)],
      [
        numbers("Requests", [{ expr: "sum(route:requests:rate1m)", legend: "through gateways" }, { expr: "sum(rate(nginx_http_requests_total[1m]))", legend: "at web servers" }], { unit: "reqps" }), // prettier-ignore
        numbers("Failing", [{ expr: "sum(route:errors:rate1m) / (sum(route:requests:rate1m) > 0)", legend: "answered 5xx" }], { unit: "percentunit", alarming: 0.001 }), // prettier-ignore
        numbers("Slowest route", [{ expr: "max(route:response_seconds:max)", legend: "mean of its answers" }], { unit: "s", alarming: 1 }), // prettier-ignore
        numbers("Routes without a pod", [{ expr: "count(min by (route) (host_route:backends_up:count) == 0) or vector(0)", legend: "routes" }], { alarming: 1 }), // prettier-ignore
      ],
      [
        lines("1 · Web servers: requests", [{ expr: "sum by (host) (rate(nginx_http_requests_total[1m]))", legend: "{{host}}" }], { unit: "reqps", about: "nginx counts as a whole, not by location; its own answers (401, 404, 429) are among them." }), // prettier-ignore
        lines("1 · Web servers: connections", [{ expr: "sum by (host) (nginx_connections_active)", legend: "{{host}}" }, { expr: "sum by (host) (nginx_connections_waiting)", legend: "{{host}}, idle" }]), // prettier-ignore
      ],
      [
        lines("2 · Gateways: requests by route", [{ expr: "route:requests:rate1m", legend: "{{route}}" }], { unit: "reqps" }), // prettier-ignore
        lines("2 · Gateways: failing by route", [{ expr: "route:errors:ratio_rate1m", legend: "{{route}}" }], { unit: "percentunit", about: "The objective is 99.9 % without a 5xx." }), // prettier-ignore
        lines("2 · Gateways: requests by gateway", [{ expr: "sum by (host) (host_route:requests:rate1m)", legend: "{{host}}" }], { unit: "reqps" }), // prettier-ignore
      ],
      [
        lines("3 · To the pods: waiting and connecting", [{ expr: `max by (route) (${byRoute(`haproxy_backend_queue_time_average_seconds${backends}`)})`, legend: "{{route}}, waiting for a pod" }, { expr: `max by (route) (${byRoute(`haproxy_backend_connect_time_average_seconds${backends}`)})`, legend: "{{route}}, connecting" }], { unit: "s", about: "Means of the last 1,024 requests, of the slowest gateway." }), // prettier-ignore
        lines("3 · Pods: answering", [{ expr: "route:response_seconds:max", legend: "{{route}}" }], { unit: "s", about: "Mean of the last 1,024 answers, of the slowest gateway." }), // prettier-ignore
        lines("In all, as a gateway sees it", [{ expr: `max by (route) (${byRoute(`haproxy_backend_total_time_average_seconds${backends}`)})`, legend: "{{route}}" }], { unit: "s" }), // prettier-ignore
      ],
      [
        lines("Answers by class", [{ expr: `sum by (code) (rate(haproxy_backend_http_responses_total${backends}[1m]))`, legend: "{{code}}" }], { unit: "reqps" }), // prettier-ignore
        table("Backends that live", { expr: "min by (host, route) (host_route:backends_up:count)", legend: "" }, ["route", "host"], { value: "backends" }), // prettier-ignore
      ],
    ],
  };
}
