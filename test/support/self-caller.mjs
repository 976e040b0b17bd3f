// Serves on 127.0.0.1 only, calls itself by the address that others know it by, and says what it saw:
// "node self-caller.mjs PORT".
import { createServer, get } from "node:http";
import { networkInterfaces } from "node:os";

const port = Number(process.argv[2]);
const { address } = networkInterfaces().mesh0.find(({ family }) => family === "IPv4");
const server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
server.listen(port, "127.0.0.1", () => {
  // The mesh has to hear of it first.
  const ask = () =>
    get({ host: address, port, agent: false }, (response) => {
      if (response.statusCode !== 200) return setTimeout(ask, 50);
      response.on("data", (bytes) => process.stdout.write(bytes));
      response.on("end", () => server.close());
    }).on("error", () => setTimeout(ask, 50));
  ask();
});
