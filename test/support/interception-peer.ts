// Stands where a proxy would, and where its application would, and says who came to whom: a program
// of its own, since it runs inside a network namespace. Each listener answers with one line, its
// role and the destination that the kernel remembers.
//
//   node interception-peer.ts PORT...   those ports, on 0.0.0.0 and ::, are the application's

import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { OriginalDestinations } from "#proxy/interception/original-destination.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";

const destinations = await OriginalDestinations.open();
const IGNORE = { data() {}, ended() {}, drained() {}, closed() {} };

for (const [role, address, port] of [
  ["outbound", "127.0.0.1", POD_PORTS.outbound],
  ["outbound", "::1", POD_PORTS.outbound],
  ["inbound", "::", POD_PORTS.inbound],
] as const) {
  await netListen({ address, port }, (stream) => {
    const destination = destinations.of(stream);
    const where = destination ? `${destination.address} ${destination.port}` : "nowhere";
    stream.attach(IGNORE);
    stream.write(Buffer.from(`${role} ${where}\n`));
    stream.end();
  });
}
for (const port of process.argv.slice(2)) {
  const server = createServer((socket) => socket.end(`application ${port}\n`));
  await new Promise<void>((resolve) => void server.listen(Number(port), "::", resolve));
}
const datagrams = createSocket("udp4", (_, from) => {
  datagrams.send("datagram", from.port, from.address);
});
await new Promise<void>((resolve) => void datagrams.bind(53, resolve));
process.stdout.write("listening\n");
