/**
 * The tools of who operates a box, behind its web servers: files of the assembly `webserver`, and ports of the tools' hosts.
 *
 * @see Tools
 */
import { toolsOf } from "../../box/sectionOf.ts";
import type { Box } from "../../box/model.ts";
import type { TreeFile } from "../treeFile.ts";
import { webserverRouteFiles } from "../webserver/index.ts";
import { toolsHttp, toolsServer } from "./nginx.ts";
import { needsPassword, toolRoutes } from "./routes.ts";

export { toolUserFiles, toolUserPlaces } from "./users.ts";
export { toolRoutes } from "./routes.ts";

/** The files on each web server that are no secret. They refer to those of `toolUserFiles`, which come before. */
export function toolFiles(box: Box): TreeFile[] {
  const tools = toolsOf(box);
  const text = (path: string, content: string): TreeFile => ({ path, mode: "0644", text: content });
  const files = [
    ...toolRoutes(box).flatMap(webserverRouteFiles),
    text("nginx/upstreams/_tools.conf", toolsHttp(tools)),
    text("nginx/locations/_tools.conf", toolsServer(tools)),
  ];
  // The locations of one tool share its upstream.
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** Whether the web servers of a box ask for a password. */
export function asksPassword(box: Box): boolean {
  return needsPassword(toolsOf(box));
}
