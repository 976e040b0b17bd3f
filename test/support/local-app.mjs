// An application that knows nothing of a mesh: HTTP on 127.0.0.1 only, on [::1] only, or on all
// addresses, and a protocol whose server speaks first.
//
//   node local-app.mjs ADDRESS PORT GREETING-PORT
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";

const [address, port, greetingPort] = process.argv.slice(2);
const http = createServer((request, response) => {
  const { url, headers } = request;
  response.end(JSON.stringify({ url, headers, secret: "open sesame" }));
});
const greeting = createTcpServer((socket) => {
  socket.on("error", () => {});
  socket.write("220 welcome\r\n");
  socket.on("data", (bytes) => socket.end(`250 ${String(bytes).trim()}\r\n`));
});
http.listen(Number(port), address, () => {
  greeting.listen(Number(greetingPort), address, () => process.stdout.write("listening\n"));
});
