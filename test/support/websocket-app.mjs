// An application for tests: every message of a WebSocket comes back as it is, and every other
// request is answered with its version. JavaScript, so that it starts in a moment.

import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const { PORT, VERSION = "" } = process.env;

process.on("SIGTERM", () => process.exit(0));
const listener = createServer((_, response) => {
  response.setHeader("x-version", VERSION);
  response.end(JSON.stringify({ version: VERSION }));
});
listener.keepAliveTimeout = 120_000;
new WebSocketServer({ server: listener }).on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
listener.listen(Number(PORT), "127.0.0.1");
