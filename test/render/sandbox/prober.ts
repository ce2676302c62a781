/**
 * `node prober.ts HOST PORT [PATIENCE]`: opens a connection every 10 ms and asks for a page, whatever became of those before. Ends on SIGTERM and
 * writes, as JSON, when each request was sent (ms since the epoch) and after how many ms it was answered; null: never, or after more than PATIENCE ms (1000).
 */
import { connect } from "node:net";

const [host = "", port = "", patience = "1000"] = process.argv.slice(2);
const requests: { sent: number; took: number | null }[] = [];

function ask(): void {
  const request: { sent: number; took: number | null } = { sent: Date.now(), took: null };
  requests.push(request);
  const socket = connect({ host, port: Number(port) });
  const end = (): void => void socket.destroy();
  socket.setTimeout(Number(patience), end);
  socket.on("error", end);
  socket.on("connect", () => socket.write("GET / HTTP/1.0\r\n\r\n"));
  socket.on("data", () => {
    request.took = Date.now() - request.sent;
    end();
  });
}

const timer = setInterval(ask, 10);
process.on("SIGTERM", () => {
  clearInterval(timer);
  process.stdout.write(JSON.stringify(requests), () => process.exit(0));
});
