/** Locations as the documents write them, for the tests of nginx's texts. */
import type { LocationParam } from "../../box/model.ts";
import { stream, webserverRoute } from "./sampleRoutes.ts";

export const single = (directive: string, value: string): LocationParam => ({ type: "single", directive, value });
export const repeat = (directive: string, values: Record<string, string>): LocationParam => ({
  type: "repeat",
  directive,
  values,
});

// As the documents write it: rewriting, and forwarding headers that would append to what a client says.
export const grafana = webserverRoute({
  name: "grafana",
  location: "/grafana/",
  upstream: stream("stream_grafana", 3000),
  params: [
    single("rewrite", "^/grafana/(.*) /$1 break"),
    single("proxy_pass", "http://stream_grafana"),
    repeat("proxy_set_header", {
      Host: "$http_host",
      "X-Forwarded-For": "$proxy_add_x_forwarded_for",
      "X-Note": "a b",
    }),
  ],
});
export const live = webserverRoute({
  name: "grafana-live",
  location: "/grafana/api/live/",
  upstream: stream("stream_grafana", 3000),
  params: [single("proxy_pass", "http://stream_grafana/api/live/"), single("proxy_read_timeout", "2h")],
  websocket: true,
});
