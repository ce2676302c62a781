/** Gives out the files of a directory over HTTP, at ADDRESS and PORT, until it is ended: `node serve.ts DIRECTORY ADDRESS PORT`. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import path from "node:path";

const [directory = "", address = "", port = ""] = process.argv.slice(2);
const root = path.resolve(directory);

async function answer(url: string, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(url, "http://repository.test");
  const file = path.join(root, decodeURIComponent(pathname));
  const found = file.startsWith(`${root}${path.sep}`) ? await stat(file).catch(() => undefined) : undefined;
  if (found?.isFile() !== true) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-length": found.size, "last-modified": found.mtime.toUTCString() });
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}

createServer((request, response) => {
  answer(request.url ?? "/", response).catch(() => response.writeHead(400).end());
}).listen(Number(port), address);
