/**
 * A stand-in for oauth2-proxy: `node signIn.ts ADDRESS PORT`. Its `/oauth2/auth` says 202 and who it is to whoever has the session
 * `session=sound`, whose end it puts off; 401 to everybody else. All other paths answer with what they were asked.
 */
import { createServer } from "node:http";

const [address = "", port = ""] = process.argv.slice(2);
const server = createServer((request, response) => {
  if (request.url === "/oauth2/auth") {
    const isSound = /(?:^|; )session=sound(?:;|$)/.test(request.headers.cookie ?? "");
    if (isSound) response.setHeader("X-Auth-Request-User", "ada").setHeader("Set-Cookie", "session=sound; Path=/");
    response.writeHead(isSound ? 202 : 401).end();
    return;
  }
  response.setHeader("Set-Cookie", "session=new; Path=/");
  response.end(JSON.stringify({ name: "sign-in", url: request.url, headers: request.headers }));
});
server.listen(Number(port), address, () => console.log("ready"));
